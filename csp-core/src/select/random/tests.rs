use super::below;

#[test]
#[cfg_attr(miri, ignore = "counts too far for an interpreter")]
fn every_number_below_the_bound_comes_about_equally_often() {
    const ROUNDS: usize = 64_000;
    for bound in [1, 2, 3, 8] {
        let mut seen = [0_usize; 8];
        for _ in 0..ROUNDS {
            seen[below(bound)] += 1;
        }
        let expected = ROUNDS / bound;
        for count in &seen[..bound] {
            assert!(count.abs_diff(expected) < expected / 10, "{seen:?}");
        }
        assert!(seen[bound..].iter().all(|&count| count == 0));
    }
}

/// Where it is by chance alone, there is nothing more to see.
#[cfg(feature = "std")]
mod turns {
    use super::super::{SITES, first, seed, site, state};
    use alloc::vec::Vec;

    #[test]
    #[cfg_attr(miri, ignore = "counts too far for an interpreter")]
    fn each_arm_is_first_equally_often_and_none_waits_long() {
        const ROUNDS: usize = 64_000;
        seed(1);
        for count in [1, 2, 3, 5, 8] {
            let (mut times, mut last) = ([0_usize; 8], [0; 8]);
            for round in 0..ROUNDS {
                let arm = first(0, count);
                times[arm] += 1;
                // Chance alone lets an arm of 2 wait for some 16 rounds, one of 8 for 100.
                assert!(round - last[arm] <= 6 * count, "{arm} of {count}");
                last[arm] = round;
            }
            let expected = ROUNDS / count;
            for count in &times[..count] {
                assert!(count.abs_diff(expected) <= expected / 100, "{times:?}");
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "counts too far for an interpreter")]
    fn a_site_goes_on_from_anywhere_after_a_while() {
        const TIMES: usize = 6_400;
        seed(1);
        let place = || state::go_on(0);
        let mut last = place();
        let leaps = (0..TIMES).filter_map(|_| {
            let next = place();
            let step = next.wrapping_sub(last);
            last = next;
            (step != state::STEP).then_some(next)
        });
        let mut places: Vec<_> = leaps.collect();
        assert!(places.len().abs_diff(TIMES / 63) <= 1, "{}", places.len());
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 90, "always the same");
    }

    #[test]
    #[cfg_attr(miri, ignore = "counts too far for an interpreter")]
    fn a_site_does_not_depend_on_what_others_do_meanwhile() {
        const ROUNDS: usize = 8_000;
        seed(1);
        let (outer, inner) = (site(10, 5), site(11, 9));
        assert_ne!(outer, inner);
        let mut chosen = [[0_usize; 2]; 2];
        for _ in 0..ROUNDS {
            let arm = first(outer, 2);
            // As an inner select in the first arm's body, and several in the other's.
            for _ in 0..1 + 4 * arm {
                chosen[arm][first(inner, 2)] += 1;
            }
        }
        for [this, other] in chosen {
            let both = this + other;
            assert!(this.abs_diff(both / 2) < both / 20, "{chosen:?}");
        }
        let outer_first = chosen[0].iter().sum::<usize>();
        assert!(outer_first.abs_diff(ROUNDS / 2) < ROUNDS / 50, "{chosen:?}");
    }

    #[test]
    fn sites_that_stand_beside_each_other_mostly_differ() {
        let mut seen = [0_usize; SITES];
        for line in 1..=10 {
            for column in [5, 9, 13, 17] {
                seen[usize::from(site(line, column))] += 1;
            }
        }
        assert!(seen.iter().filter(|&&count| count > 0).count() > 25);
        assert!(seen.iter().all(|&count| count < 5), "{seen:?}");
    }
}
