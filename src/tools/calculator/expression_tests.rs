//! Expressions, their values, and what is none.

use proptest::prelude::*;

use super::*;

fn said(text: &str) -> String {
    evaluate(text).map_or_else(|error| error.to_string(), |number| number.to_string())
}

#[test]
fn expressions_have_their_values() {
    for (text, value) in [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2 ** 10", "1024"),
        ("2^-2", "0.25"),
        ("0.1 + 0.2", "0.3"),
        ("1/3", "1/3 = 0.33333333333333333333… (rounded)"),
        ("10 - 4 - 3", "3"),
        ("7 % 3 + 7 mod 3", "2"),
        ("-7 mod 3", "2"),
        ("15% * 80", "12"),
        ("200 * 15%", "30"),
        ("5! + 3!", "126"),
        ("7 // 2", "3"),
        ("1_000_000 * 1e3", "1000000000"),
        ("0xff + 0b11", "258"),
        ("sqrt(144) + sqrt(1/4)", "12.5"),
        ("4^0.5", "2"),
        ("round(2.345, 2) + round(-2.5)", "-0.65"),
        ("max(1, 2, 3) - min(4; 5) + sum(1,2,3) + mean(1,2)", "6.5"),
        ("gcd(12, 18) + lcm(4, 6)", "18"),
        (
            "123456789123456789 * 987654321987654321",
            "121932631356500531347203169112635269",
        ),
        ("2 × 3 − 8 ÷ 4", "4"),
        ("round(sin(pi/2) + ln(e), 6)", "2 (rounded)"),
        ("deg(pi)", "180 (rounded)"),
    ] {
        assert_eq!(said(text), value, "{text}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    for (text, words) in [
        ("1 / 0", "a division by zero"),
        ("5 mod 0", "a division by zero"),
        ("0^-1", "a division by zero"),
        ("sqrt(-1)", "not real"),
        ("(-8)^(1/3)", "not real"),
        ("ln(0)", "above zero"),
        ("1 + ", "at character 5: a number is missing"),
        ("(1", "closing bracket"),
        ("1 2", "at character 3"),
        ("foo + 1", "\"foo\" is not known"),
        ("foo(1)", "no function foo"),
        ("9999!", "0 to 5000"),
        ("1e308 * 10^300 * 10^9999999999", "too large"),
        ("", "a number is missing"),
    ] {
        assert!(said(text).contains(words), "{text}: {}", said(text));
    }
    let deep = "(".repeat(5000);
    assert!(said(&deep).contains("too deeply"));
    assert!(said(&"-".repeat(5000)).contains("too deeply"));
}

#[test]
fn towers_and_large_factorials_come_to_an_end() {
    assert!(said("9^9^9^9").contains("too large"));
    assert!(said("5000!").contains("too large") || said("5000!").contains("digits"));
    assert!(said("2^60000").contains("digits"));
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "[0-9a-z.+*/^%!(), -]{0,40}") {
        let _any = said(&text);
    }

    #[test]
    fn it_agrees_with_machine_arithmetic(a in -9999_i64..9999, b in -9999_i64..9999, c in 1_i64..99) {
        prop_assert_eq!(said(&format!("{a} + {b} * {c} - ({a})")), (b * c).to_string());
        prop_assert_eq!(said(&format!("({a}) mod {c}")), a.rem_euclid(c).to_string());
    }
}
