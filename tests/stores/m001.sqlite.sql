-- A store as the first schema kept it: the tables of m001_initial and one document.
BEGIN TRANSACTION;
CREATE TABLE documents (
	number INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	path TEXT NOT NULL, 
	agency TEXT, 
	year INTEGER, 
	title TEXT, 
	published TEXT, 
	forms JSON NOT NULL, 
	usage JSON NOT NULL, 
	fingerprint TEXT NOT NULL, 
	first_imported_at DATETIME NOT NULL, 
	extracted_at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "documents" VALUES(1,'af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf','reports/sample.txt','云溪市教育局',2020,'云溪市教育局2020年政府信息公开工作年度报告','2021-01-26','{"disclosure":{"form":"2019","state":"read"},"applications":{"form":"2019","state":"partial"},"disputes":{"form":null,"state":"image"},"statistics":{"form":null,"state":"absent"}}','{"calls":0,"prompt_tokens":0,"completion_tokens":0,"cached_calls":0,"cost":null}','one','2026-11-21 21:35:05.083868','2026-11-21 21:35:05.083868');
CREATE TABLE failures (
	path TEXT NOT NULL, 
	id VARCHAR(64), 
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	failed_at DATETIME NOT NULL, 
	PRIMARY KEY (path)
);
CREATE TABLE findings (
	document INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	severity TEXT NOT NULL, 
	message TEXT NOT NULL, 
	indicators JSON NOT NULL, 
	PRIMARY KEY (document, position), 
	FOREIGN KEY(document) REFERENCES documents (number)
);
INSERT INTO "findings" VALUES(1,0,'applications.row_total','error','the six kinds of applicant add up to 16, the total says 17','["applications.handled_total.total"]');
INSERT INTO "findings" VALUES(1,1,'disclosure.disclosed_within_total','info','not evaluated','[]');
CREATE TABLE observations (
	document INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	indicator TEXT NOT NULL, 
	label TEXT NOT NULL, 
	value JSON, 
	unit TEXT NOT NULL, 
	qualifier TEXT NOT NULL, 
	period TEXT NOT NULL, 
	as_of TEXT, 
	scope TEXT, 
	printed TEXT NOT NULL, 
	status TEXT NOT NULL, 
	accepted BOOLEAN NOT NULL, 
	methods JSON NOT NULL, 
	evidence JSON NOT NULL, 
	rules JSON NOT NULL, 
	assumes JSON NOT NULL, 
	candidates JSON NOT NULL, 
	PRIMARY KEY (document, position), 
	FOREIGN KEY(document) REFERENCES documents (number)
);
INSERT INTO "observations" VALUES(1,0,'narrative.disclosed_items.count','正文/主动公开政府信息数/数量',3294,'条','exact','year',NULL,NULL,'number','verified',1,'["prose"]','[[10,23,"主动公开政府信息3294条"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,1,'narrative.website_visits.count','正文/网站访问量/数量',240000,'次','over','year',NULL,NULL,'number','stated',1,'["prose"]','[[10,20,"总阅读量超24万人次"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,2,'narrative.wechat_followers.count','正文/微信关注人数/数量',5000,'人','about','to_date',NULL,NULL,'number','stated',1,'["prose"]','[[10,26,"关注人数约\u001b[31m5000‮人"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,3,'narrative.fees_charged.amount','正文/依申请公开信息收取的费用/金额',32.25,'万元','exact','year',NULL,NULL,'number','stated',1,'["prose"]','[[10,21,"收取费用32.25万元"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,4,'disclosure.fees.previous_items','二/行政事业性收费/上一年项目数量',NULL,'项','exact','year',NULL,NULL,'number','ambiguous',0,'["table"]','[]','[]','[]','[2,0]');
INSERT INTO "observations" VALUES(1,5,'disclosure.fees.change','二/行政事业性收费/本年增/减',NULL,'项','exact','year',NULL,NULL,'number','ambiguous',0,'["table"]','[]','[]','[]','[0,2]');
INSERT INTO "observations" VALUES(1,6,'applications.refused_third_party_rights.natural_person','三/（三）不予公开/4.保护第三方合法权益/自然人',1,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"1"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,7,'applications.refused_third_party_rights.commercial_enterprise','三/（三）不予公开/4.保护第三方合法权益/商业企业',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,8,'applications.refused_third_party_rights.research_institution','三/（三）不予公开/4.保护第三方合法权益/科研机构',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,9,'applications.refused_third_party_rights.public_welfare_organization','三/（三）不予公开/4.保护第三方合法权益/社会公益组织',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,10,'applications.refused_third_party_rights.legal_service_institution','三/（三）不予公开/4.保护第三方合法权益/法律服务机构',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,11,'applications.refused_third_party_rights.other_organization','三/（三）不予公开/4.保护第三方合法权益/其他',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,12,'applications.refused_third_party_rights.total','三/（三）不予公开/4.保护第三方合法权益/总计',1,'件','exact','year',NULL,NULL,'omitted','inferred',1,'["table"]','[]','["applications.row_total"]','["blank=0"]','[]');
INSERT INTO "observations" VALUES(1,13,'applications.handled_total.natural_person','三/三、本年度办理结果/（七）总计/自然人',16,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,42,"16"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,14,'applications.handled_total.commercial_enterprise','三/三、本年度办理结果/（七）总计/商业企业',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,15,'applications.handled_total.research_institution','三/三、本年度办理结果/（七）总计/科研机构',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,16,'applications.handled_total.public_welfare_organization','三/三、本年度办理结果/（七）总计/社会公益组织',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,17,'applications.handled_total.legal_service_institution','三/三、本年度办理结果/（七）总计/法律服务机构',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,18,'applications.handled_total.other_organization','三/三、本年度办理结果/（七）总计/其他',0,'件','exact','year',NULL,NULL,'number','verified',1,'["table"]','[[40,41,"0"]]','[]','[]','[]');
INSERT INTO "observations" VALUES(1,19,'applications.handled_total.total','三/三、本年度办理结果/（七）总计/总计',17,'件','exact','year',NULL,NULL,'number','disputed',0,'["table"]','[[40,42,"17"]]','[]','[]','[16]');
CREATE TABLE places (
	number INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	document INTEGER NOT NULL, 
	seen_at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (path), 
	FOREIGN KEY(document) REFERENCES documents (number)
);
INSERT INTO "places" VALUES(1,'reports/sample.txt',1,'2026-11-21 21:35:05.088358');
CREATE TABLE schema_version (
	name TEXT NOT NULL, 
	applied_at DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "schema_version" VALUES('m001_initial','2026-11-21 21:35:05.068165');
CREATE TABLE sections (
	document INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (document, position), 
	FOREIGN KEY(document) REFERENCES documents (number)
);
INSERT INTO "sections" VALUES(1,0,'一、总体情况',0,812,'read');
INSERT INTO "sections" VALUES(1,1,'二、主动公开政府信息情况',812,1400,'table');
CREATE INDEX ix_documents_year ON documents (year);
CREATE INDEX ix_places_document ON places (document);
CREATE INDEX ix_observations_indicator ON observations (indicator);
COMMIT;
