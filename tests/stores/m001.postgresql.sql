-- A store as the first schema kept it: the tables of m001_initial and one document.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.documents (
    number integer NOT NULL,
    id character varying(64) NOT NULL,
    path text NOT NULL,
    agency text,
    year integer,
    title text,
    published text,
    forms json NOT NULL,
    usage json NOT NULL,
    fingerprint text NOT NULL,
    first_imported_at timestamp with time zone NOT NULL,
    extracted_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.documents_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.documents_number_seq OWNED BY public.documents.number;
CREATE TABLE public.failures (
    path text NOT NULL,
    id character varying(64),
    kind text NOT NULL,
    reason text NOT NULL,
    failed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.findings (
    document integer NOT NULL,
    "position" integer NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL,
    message text NOT NULL,
    indicators json NOT NULL
);
CREATE TABLE public.observations (
    document integer NOT NULL,
    "position" integer NOT NULL,
    indicator text NOT NULL,
    label text NOT NULL,
    value json,
    unit text NOT NULL,
    qualifier text NOT NULL,
    period text NOT NULL,
    as_of text,
    scope text,
    printed text NOT NULL,
    status text NOT NULL,
    accepted boolean NOT NULL,
    methods json NOT NULL,
    evidence json NOT NULL,
    rules json NOT NULL,
    assumes json NOT NULL,
    candidates json NOT NULL
);
CREATE TABLE public.places (
    number integer NOT NULL,
    path text NOT NULL,
    document integer NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.places_number_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.places_number_seq OWNED BY public.places.number;
CREATE TABLE public.schema_version (
    name text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sections (
    document integer NOT NULL,
    "position" integer NOT NULL,
    title text NOT NULL,
    start integer NOT NULL,
    "end" integer NOT NULL,
    state text NOT NULL
);
ALTER TABLE ONLY public.documents ALTER COLUMN number SET DEFAULT nextval('public.documents_number_seq'::regclass);
ALTER TABLE ONLY public.places ALTER COLUMN number SET DEFAULT nextval('public.places_number_seq'::regclass);
INSERT INTO public.documents VALUES (1, 'af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf', 'reports/sample.txt', '云溪市教育局', 2020, '云溪市教育局2020年政府信息公开工作年度报告', '2021-01-26', '{"disclosure":{"form":"2019","state":"read"},"applications":{"form":"2019","state":"partial"},"disputes":{"form":null,"state":"image"},"statistics":{"form":null,"state":"absent"}}', '{"calls":0,"prompt_tokens":0,"completion_tokens":0,"cached_calls":0,"cost":null}', 'one', '2026-11-21 21:35:06.589269+00', '2026-11-21 21:35:06.589269+00');
INSERT INTO public.findings VALUES (1, 0, 'applications.row_total', 'error', 'the six kinds of applicant add up to 16, the total says 17', '["applications.handled_total.total"]');
INSERT INTO public.findings VALUES (1, 1, 'disclosure.disclosed_within_total', 'info', 'not evaluated', '[]');
INSERT INTO public.observations VALUES (1, 0, 'narrative.disclosed_items.count', '正文/主动公开政府信息数/数量', '3294', '条', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["prose"]', '[[10,23,"主动公开政府信息3294条"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 1, 'narrative.website_visits.count', '正文/网站访问量/数量', '240000', '次', 'over', 'year', NULL, NULL, 'number', 'stated', true, '["prose"]', '[[10,20,"总阅读量超24万人次"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 2, 'narrative.wechat_followers.count', '正文/微信关注人数/数量', '5000', '人', 'about', 'to_date', NULL, NULL, 'number', 'stated', true, '["prose"]', '[[10,26,"关注人数约\u001b[31m5000‮人"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 3, 'narrative.fees_charged.amount', '正文/依申请公开信息收取的费用/金额', '32.25', '万元', 'exact', 'year', NULL, NULL, 'number', 'stated', true, '["prose"]', '[[10,21,"收取费用32.25万元"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 4, 'disclosure.fees.previous_items', '二/行政事业性收费/上一年项目数量', NULL, '项', 'exact', 'year', NULL, NULL, 'number', 'ambiguous', false, '["table"]', '[]', '[]', '[]', '[2,0]');
INSERT INTO public.observations VALUES (1, 5, 'disclosure.fees.change', '二/行政事业性收费/本年增/减', NULL, '项', 'exact', 'year', NULL, NULL, 'number', 'ambiguous', false, '["table"]', '[]', '[]', '[]', '[0,2]');
INSERT INTO public.observations VALUES (1, 6, 'applications.refused_third_party_rights.natural_person', '三/（三）不予公开/4.保护第三方合法权益/自然人', '1', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"1"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 7, 'applications.refused_third_party_rights.commercial_enterprise', '三/（三）不予公开/4.保护第三方合法权益/商业企业', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 8, 'applications.refused_third_party_rights.research_institution', '三/（三）不予公开/4.保护第三方合法权益/科研机构', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 9, 'applications.refused_third_party_rights.public_welfare_organization', '三/（三）不予公开/4.保护第三方合法权益/社会公益组织', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 10, 'applications.refused_third_party_rights.legal_service_institution', '三/（三）不予公开/4.保护第三方合法权益/法律服务机构', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 11, 'applications.refused_third_party_rights.other_organization', '三/（三）不予公开/4.保护第三方合法权益/其他', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 12, 'applications.refused_third_party_rights.total', '三/（三）不予公开/4.保护第三方合法权益/总计', '1', '件', 'exact', 'year', NULL, NULL, 'omitted', 'inferred', true, '["table"]', '[]', '["applications.row_total"]', '["blank=0"]', '[]');
INSERT INTO public.observations VALUES (1, 13, 'applications.handled_total.natural_person', '三/三、本年度办理结果/（七）总计/自然人', '16', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,42,"16"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 14, 'applications.handled_total.commercial_enterprise', '三/三、本年度办理结果/（七）总计/商业企业', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 15, 'applications.handled_total.research_institution', '三/三、本年度办理结果/（七）总计/科研机构', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 16, 'applications.handled_total.public_welfare_organization', '三/三、本年度办理结果/（七）总计/社会公益组织', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 17, 'applications.handled_total.legal_service_institution', '三/三、本年度办理结果/（七）总计/法律服务机构', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 18, 'applications.handled_total.other_organization', '三/三、本年度办理结果/（七）总计/其他', '0', '件', 'exact', 'year', NULL, NULL, 'number', 'verified', true, '["table"]', '[[40,41,"0"]]', '[]', '[]', '[]');
INSERT INTO public.observations VALUES (1, 19, 'applications.handled_total.total', '三/三、本年度办理结果/（七）总计/总计', '17', '件', 'exact', 'year', NULL, NULL, 'number', 'disputed', false, '["table"]', '[[40,42,"17"]]', '[]', '[]', '[16]');
INSERT INTO public.places VALUES (1, 'reports/sample.txt', 1, '2026-11-21 21:35:06.598407+00');
INSERT INTO public.schema_version VALUES ('m001_initial', '2026-11-21 21:35:06.587728+00');
INSERT INTO public.sections VALUES (1, 0, '一、总体情况', 0, 812, 'read');
INSERT INTO public.sections VALUES (1, 1, '二、主动公开政府信息情况', 812, 1400, 'table');
SELECT pg_catalog.setval('public.documents_number_seq', 1, true);
SELECT pg_catalog.setval('public.places_number_seq', 1, true);
ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_id_key UNIQUE (id);
ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.failures
    ADD CONSTRAINT failures_pkey PRIMARY KEY (path);
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT findings_pkey PRIMARY KEY (document, "position");
ALTER TABLE ONLY public.observations
    ADD CONSTRAINT observations_pkey PRIMARY KEY (document, "position");
ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_path_key UNIQUE (path);
ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sections
    ADD CONSTRAINT sections_pkey PRIMARY KEY (document, "position");
CREATE INDEX ix_documents_year ON public.documents USING btree (year);
CREATE INDEX ix_observations_indicator ON public.observations USING btree (indicator);
CREATE INDEX ix_places_document ON public.places USING btree (document);
ALTER TABLE ONLY public.findings
    ADD CONSTRAINT findings_document_fkey FOREIGN KEY (document) REFERENCES public.documents(number);
ALTER TABLE ONLY public.observations
    ADD CONSTRAINT observations_document_fkey FOREIGN KEY (document) REFERENCES public.documents(number);
ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_document_fkey FOREIGN KEY (document) REFERENCES public.documents(number);
ALTER TABLE ONLY public.sections
    ADD CONSTRAINT sections_document_fkey FOREIGN KEY (document) REFERENCES public.documents(number);
