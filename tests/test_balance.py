from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_balance import (
    Damage,
    Verdict,
    block_problem,
    damage,
    drop_zeros,
    full_problem,
    judge,
    random_damage,
    small_problem,
    table_equations,
    true_table,
)

from structurer.balance import Balance, Equation, Gap, Problem, Reading, reading_in_place, readings, solve

SMALL, BLOCKS, FULL = 1960, 40, 6
SHARES = 8


def verdict(found: Balance) -> Verdict:
    return Verdict(found.changes, found.fills, found.values, found.placed, found.suspects)


def in_place(*rows: list[int | None]) -> tuple[tuple[Reading, ...], ...]:
    width = len(rows[0])
    return tuple(
        (reading_in_place(row, range(index * width, (index + 1) * width)),) for index, row in enumerate(rows)
    )


def light_full_problem(rng: random.Random) -> Problem:
    return full_problem(rng, Damage(zeros=rng.choice((0.1, 0.3)), most=2, wrong=rng.choice((0, 0, 1))))


# --- against z3


def little_problem(rng: random.Random) -> Problem:
    return small_problem(rng, tallest=6, widest=5)


def little_blocks(rng: random.Random) -> Problem:
    return block_problem(rng, width=3, blocks=2)


@pytest.mark.parametrize(
    ("make", "count", "share"),
    [
        *((little_problem, SMALL, share) for share in range(SHARES)),
        (little_blocks, BLOCKS, None),
        (light_full_problem, FULL, None),
    ],
)
def test_agrees_with_z3(make, count, share, capsys):
    """On every seed below `count`, or on the `share` of them that one process takes."""
    incomplete = 0
    seeds = range(count) if share is None else range(share, count, SHARES)
    for seed in seeds:
        rng = random.Random(f"{make.__name__} {seed}")
        problem = make(rng)
        found = solve(problem)
        if not found.complete:
            incomplete += 1
            assert set(found.values) == {None}
            continue
        expected = judge(problem)
        assert verdict(found) == expected, f"seed {seed}"
        assert found.feasible == (expected.changes is not None)
        assert found.unique == (None not in expected.values)
    with capsys.disabled():
        print(f"\n{make.__name__}: {len(seeds)} tables, {incomplete} incomplete, the rest as z3 says")
    assert incomplete <= len(seeds) / 100


def test_forced_values_hold_without_the_zero_prior():
    z3 = pytest.importorskip("z3")
    checked = 0
    for seed in range(60):
        problem = small_problem(random.Random(f"forced {seed}"))
        found = solve(problem)
        if found.forced:
            from oracle_balance import Oracle

            oracle = Oracle(problem)
            oracle.solver.add(z3.Sum(oracle.cost_changes) == 0)
            assert oracle.solver.check() == z3.sat
            other = [oracle.cell[cell] != found.values[cell] for cell in found.forced]
            assert oracle.solver.check(z3.Or(other)) == z3.unsat
            checked += len(found.forced)
    assert checked > 50


# --- properties


seeds = st.integers(0, 10**9)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_permuting_rows_changes_nothing(seed):
    rng = random.Random(seed)
    problem = small_problem(rng)
    order = list(range(len(problem.rows)))
    rng.shuffle(order)
    equations = list(problem.equations)
    rng.shuffle(equations)
    found = solve(problem)
    other = solve(replace(problem, rows=tuple(problem.rows[i] for i in order), equations=tuple(equations)))
    if found.complete and other.complete:
        assert replace(other, placed=(), alternatives=(), forced=frozenset(), nodes=0) == replace(
            found, placed=(), alternatives=(), forced=frozenset(), nodes=0
        )
        assert other.placed == tuple(found.placed[i] for i in order)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_dropped_zeros_never_settle_a_wrong_value(seed):
    rng = random.Random(seed)
    truth = true_table(rng, rng.randint(5, 12), rng.randint(3, 7))
    problem = damage(rng, truth, Damage(zeros=rng.random()))
    found = solve(problem)
    flat = [value for row in truth for value in row]
    if found.complete:
        assert (found.changes, found.fills) == (0, 0)
        assert all(value in (None, true) for value, true in zip(found.values, flat, strict=True))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_true_token_never_adds_a_solution(seed):
    rng = random.Random(seed)
    width = rng.randint(3, 6)
    truth = true_table(rng, rng.randint(5, 8), width)
    problem = damage(rng, truth, Damage(zeros=rng.random(), blanks=rng.choice((0, 0.1))))
    row = rng.randrange(len(truth))
    told = reading_in_place(truth[row], range(row * width, (row + 1) * width))
    rows = (*problem.rows[:row], (told,), *problem.rows[row + 1 :])
    before, after = solve(problem), solve(replace(problem, rows=rows))
    if before.complete and after.complete and before.changes == 0:
        assert after.changes == 0
        assert all(
            known == 0 or now == then
            for known, now, then in zip(
                [0 if before.fills != after.fills else 1] * problem.size,
                after.values,
                before.values,
                strict=True,
            )
            if then is not None
        )
        assert before.forced <= {cell for cell, value in enumerate(after.values) if value is not None}


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 200))
def test_a_capped_search_settles_nothing(seed, nodes):
    problem = full_problem(random.Random(seed), Damage(zeros=0.6, blanks=0.1, wrong=seed % 2))
    found = solve(problem, max_nodes=nodes)
    assert found.nodes <= nodes + len(problem.rows) * 35
    if not found.complete:
        assert set(found.values) == {None}
        assert not found.unique
        assert not found.forced
        assert not found.suspects
        assert found.changes is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=6), st.integers(0, 3))
def test_readings_are_all_order_keeping_placements(tokens, missing):
    size = len(tokens) + missing
    expected = set()
    for mask in range(2**size):
        if mask.bit_count() == len(tokens):
            left = iter(tokens)
            expected.add(tuple(next(left) if mask >> cell & 1 else None for cell in range(size)))
    covered = []
    for reading in readings(tokens, range(size)):
        lines = [dict(reading.printed)]
        for gap in reading.gaps:
            masks = [m for m in range(2 ** len(gap.cells)) if m.bit_count() == len(gap.cells) - gap.missing]
            zeros = [[c for place, c in enumerate(gap.cells) if mask >> place & 1] for mask in masks]
            lines = [{**line, **dict.fromkeys(chosen, 0)} for line in lines for chosen in zeros]
        covered += [tuple(line.get(cell) for cell in range(size)) for line in lines]
    assert len(covered) == len(set(covered))
    assert set(covered) == expected


# --- by hand


def test_complete_table_is_read_as_printed():
    truth = true_table(random.Random(1), 23, 7)
    found = solve(damage(random.Random(1), truth, Damage()))
    assert found.unique
    assert found.values == tuple(value for row in truth for value in row)
    assert (found.changes, found.fills, found.nodes) == (0, 0, 0)
    assert found.alternatives[0] == (truth[0][0],)


def test_omitted_total_is_forced_by_the_column():
    """A row of seven prints `1 0 0 0`: its total is among what is missing, and the sums still fix it."""
    truth = [
        [17, 0, 0, 0, 0, 0, 17],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 1],
        [16, 0, 0, 0, 0, 0, 16],
        [17, 0, 0, 0, 0, 0, 17],
        [0, 0, 0, 0, 0, 0, 0],
    ]
    rows = list(in_place(*truth))
    rows[0] = readings([17, 0, 0, 0, 17], range(7))
    rows[2] = readings([1, 0, 0, 0], range(14, 21))
    found = solve(Problem(42, tuple(rows), table_equations(6, 7)))
    assert found.unique
    assert found.values[14:21] == (1, 0, 0, 0, 0, 0, 1)
    assert (found.changes, found.fills) == (0, 1)
    assert 20 in found.forced


def test_one_wrong_digit_is_located():
    rows = [[5, 2, 7], [0, 0, 0], [3, 1, 4], [2, 7, 3], [5, 2, 7], [0, 0, 0]]
    found = solve(Problem(18, in_place(*rows), table_equations(6, 3)))
    assert (found.changes, found.suspects, found.suggestion) == (1, {10}, ((10, 1),))
    assert found.values[10] == 1
    assert not found.forced


def test_broken_total_is_located():
    rows = [[5, 2, 9], [0, 0, 0], [3, 1, 4], [2, 1, 3], [5, 2, 7], [0, 0, 0]]
    found = solve(Problem(18, in_place(*rows), table_equations(6, 3)))
    assert (found.suspects, found.suggestion) == ({2}, ((2, 7),))


def test_all_cells_of_a_lone_broken_sum_are_suspects():
    problem = Problem(5, in_place([3, 4, 5, 6, 20]), (Equation((0, 1, 2, 3), (4,)),))
    found = solve(problem)
    assert found.suspects == {0, 1, 2, 3, 4}
    assert found.suggestion == ((0, 5), (1, 6), (2, 7), (3, 8), (4, 18))
    assert found.values == (None,) * 5
    assert found.alternatives[4] == (18, 20)


def test_cells_too_small_to_make_up_the_difference_are_no_suspects():
    found = solve(Problem(3, in_place([1, 9, 2]), (Equation((0, 1), (2,)),)))
    assert found.suspects == {1, 2}


def test_two_wrong_digits_and_the_limit_on_changes():
    rows = [[5, 2, 7], [0, 0, 0], [3, 1, 4], [2, 1, 3], [5, 2, 7], [0, 0, 0]]
    rows[2][0], rows[3][1] = 8, 6
    problem = Problem(18, in_place(*rows), table_equations(6, 3))
    found = solve(problem)
    assert found.changes == 2
    assert {6, 10} <= found.suspects
    less = solve(problem, max_changes=1)
    assert less.complete
    assert not less.feasible
    assert less.changes is None


def test_a_cell_that_nothing_bounds_is_zero_by_the_prior_only():
    found = solve(Problem(2, in_place([3, None]), ()))
    assert found.values == (3, 0)
    assert not found.forced


def test_unbounded_family_is_not_settled():
    found = solve(Problem(3, in_place([None, 3, None]), (Equation((0, 1), (2,)),)))
    assert found.values == (0, 3, 3)
    assert found.forced == frozenset()
    family = Problem(
        4, in_place([None, None, 1, None]), (Equation((0, 2), (1,)), Equation((2, 2, 0), (3, 2)))
    )
    assert solve(family).complete
    assert solve(family).values[0] == 0


def test_two_blank_parts_are_alternatives():
    found = solve(Problem(3, in_place([None, None, 5]), (Equation((0, 1), (2,)),)))
    assert found.fills == 1
    assert found.alternatives == ((0, 5), (0, 5), (5,))
    assert found.values == (None, None, 5)


def test_a_contradictory_cycle_of_large_blanks_is_found_at_once():
    rows = in_place([None, 3, None], [None, 2, None], [10**7, None, 2 * 10**7])
    sums = [Equation((3 * r, 3 * r + 1), (3 * r + 2,)) for r in range(2)]
    sums += [Equation((0, 3), (6,)), Equation((2, 5), (8,))]
    found = solve(Problem(9, rows, tuple(sums)))
    assert found.complete
    assert found.changes == 1
    assert found.suspects == {1, 4, 6, 8}


def test_a_token_of_many_digits_is_just_a_number():
    large = 10**30
    found = solve(Problem(3, in_place([large, None, large + 1]), (Equation((0, 1), (2,)),)))
    assert found.values == (large, 1, large + 1)
    assert found.forced == {1}


def test_gap_with_zeros_takes_no_more_than_is_missing():
    problem = Problem(4, ((Reading(((3, 7),), (Gap((0, 1, 2), 1),)),),), (Equation((0, 1, 2), (3,)),))
    found = solve(problem)
    assert (found.changes, found.fills) == (0, 1)
    assert found.alternatives == ((0, 7), (0, 7), (0, 7), (7,))


def test_a_row_none_of_whose_readings_fits_its_own_sums():
    sums = (Equation((0,), (1,)), Equation((1,), (2,)))
    problem = Problem(3, (readings([2, 1], range(3)),), sums)
    found = solve(problem)
    assert (found.changes, found.suspects) == (1, {0, 1, 2})
    assert verdict(found) == judge(problem)


def test_a_gap_without_missing_tokens_prints_zeros():
    full = Reading(((0, 4),), (Gap((1, 2), 0),))
    row = ((full,), (Reading(((3, 4),)),))
    assert solve(Problem(4, row, (Equation((0, 1, 2), (3,)),))).values == (4, 0, 0, 4)
    broken = Problem(4, ((full,), (Reading(((3, 5),)),)), (Equation((0, 1, 2), (3,)),))
    found = solve(broken)
    assert found.suspects == {0, 1, 2, 3}
    assert verdict(found) == judge(broken)


def test_readings_share_a_gap_for_zeros():
    assert readings([5, 0], range(3)) == (
        Reading(((0, 5),), (Gap((1, 2), 1),)),
        Reading(((1, 5), (2, 0)), (Gap((0,), 1),)),
    )
    assert readings([], range(2)) == (Reading((), (Gap((0, 1), 2),)),)


def test_misuse_is_named():
    with pytest.raises(ValueError, match="3 tokens do not fit on 2 cells"):
        readings([1, 2, 3], range(2))
    with pytest.raises(ValueError, match="negative"):
        readings([-1], range(2))
    with pytest.raises(ValueError, match="cover each"):
        solve(Problem(3, in_place([1, 2]), ()))
    with pytest.raises(ValueError, match="same cells"):
        solve(Problem(2, ((Reading(((0, 1), (1, 2))), Reading(((0, 1),))),), ()))


def test_wholly_blank_details_are_forced_by_zero_totals():
    truth = [[0] * 7 for _ in range(23)]
    truth[0] = truth[20 + 1] = [4, 0, 0, 0, 0, 0, 4]
    truth[5] = [4, 0, 0, 0, 0, 0, 4]
    blank = [row[:] for row in truth]
    for index in range(2, 20 + 1):
        blank[index] = [4 if index == 5 and column == 0 else None for column in range(7)]
    found = solve(Problem(161, in_place(*blank), table_equations(23, 7)))
    assert found.unique
    assert found.values == tuple(value for row in truth for value in row)
    omitted = {index for index, value in enumerate(v for row in blank for v in row) if value is None}
    assert found.forced == omitted
    assert len(omitted) > 126


def test_random_damage_is_fast_enough_to_count_on():
    """No more than a few in a hundred heavily damaged tables use up the work allowed."""
    rng = random.Random(7)
    found = [solve(full_problem(rng, random_damage(rng))) for _ in range(40)]
    assert sum(not each.complete for each in found) <= 4


def test_dropping_zeros_keeps_the_other_tokens():
    assert [value for value in drop_zeros(random.Random(3), [4, 0, 0, 2, 0], 2) if value] == [4, 2]
