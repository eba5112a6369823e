//! The dashboard's cookie as browsers see it.

use http::{HeaderMap, header};

/// What the cookie is called.
const NAME: &str = "clawgate_session";

/// The value of the session cookie among a request's headers.
pub fn session_cookie(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|all| all.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == NAME && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// Has the browser keep the cookie for some seconds; with 0 it forgets it.
pub(super) fn set_cookie(value: &str, max_age_secs: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{NAME}={value}; Path=/; Max-Age={max_age_secs}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::COOKIE, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        for cookies in [
            &["clawgate_session=abc"][..],
            &["a=b; clawgate_session=abc; c=d"],
            &["a=b", "clawgate_session=abc"],
            &["clawgate_session=; clawgate_session=abc"],
        ] {
            assert_eq!(session_cookie(&headers(cookies)).as_deref(), Some("abc"));
        }
        for cookies in [
            "",
            "a=b",
            "xclawgate_session=abc",
            "clawgate_session",
            "clawgate_session=",
        ] {
            assert_eq!(session_cookie(&headers(&[cookies])), None, "{cookies}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let cookie = set_cookie("abc", 60, true);
        for part in [
            "HttpOnly",
            "SameSite=Strict",
            "Path=/",
            "Max-Age=60",
            "Secure",
        ] {
            assert!(cookie.contains(part), "{part}");
        }
        assert!(!set_cookie("abc", 60, false).contains("Secure"));
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_reader(value in "[ -~]{0,120}") {
            session_cookie(&headers(&[&value]));
        }
    }
}
