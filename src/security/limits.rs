//! How often a client may ask: a sliding window per client, bounded in number, no I/O. The
//! answer's headers are the gateway's business.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    clock::Clock,
    config::ConfigHandle,
    model::{DeviceId, Principal, Timestamp},
};

/// The window is counted in this many slices; an event is forgotten at most one slice late.
const SLICES: usize = 20;
/// The window of every configured limit, in seconds.
const MINUTE: u64 = 60;

/// Whom a limit counts: the device where there is a token, else the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientKey {
    /// The holder of a token.
    Device(DeviceId),
    /// An IPv4 address.
    V4([u8; 4]),
    /// The first 64 bits of an IPv6 address: what one subscriber is given at the least.
    V6([u8; 8]),
}

impl ClientKey {
    /// The key of an address.
    pub fn of_ip(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::V4(ip.octets()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, h, ..] = ip.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    /// The key of a caller.
    pub fn of(principal: &Principal, ip: IpAddr) -> Self {
        principal
            .device_id
            .map_or_else(|| Self::of_ip(ip), Self::Device)
    }
}

/// What a limiter says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may pass.
    pub allowed: bool,
    /// Requests in a window.
    pub limit: u32,
    /// Requests left in this window.
    pub remaining: u32,
    /// Whole seconds until one more request is let pass (when refused) or until the oldest
    /// request counted is forgotten; at least 1.
    pub reset_secs: u64,
}

#[derive(Clone, Debug)]
struct Window {
    /// Requests per slice; slice `n` stands at `n % (SLICES + 1)`. One slice more than the window
    /// has, so that the oldest, of which only a part is still in the window, counts in full.
    slices: [u32; SLICES + 1],
    newest: i64,
}

impl Window {
    fn at(slice: i64) -> Self {
        Self {
            slices: [0; SLICES + 1],
            newest: slice,
        }
    }

    fn place(slice: i64) -> usize {
        usize::try_from(slice.rem_euclid(SLICES as i64 + 1)).unwrap_or(0)
    }

    /// Forgets what is too old. A clock that went back changes nothing.
    fn advance(&mut self, slice: i64) {
        let steps = slice.saturating_sub(self.newest);
        if steps > SLICES as i64 {
            *self = Self::at(slice);
            return;
        }
        for step in 1..=steps {
            self.slices[Self::place(self.newest + step)] = 0;
        }
        self.newest = self.newest.max(slice);
    }

    fn total(&self) -> u32 {
        self.slices
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The slice at whose start no more than `keep` of the requests counted now are left.
    fn free_at(&self, keep: u32) -> i64 {
        let mut left = self.total();
        let span = SLICES as i64;
        for slice in self.newest - span..=self.newest {
            let count = self.slices[Self::place(slice)];
            left = left.saturating_sub(count);
            if count > 0 && left <= keep {
                return slice + span + 1;
            }
        }
        self.newest + 1
    }
}

/// Sliding windows for many keys. Two generations bound their number: a key that was used since
/// the last change of generations survives the next one.
#[derive(Clone, Debug)]
pub struct Limiter<K> {
    slice_millis: i64,
    per_generation: usize,
    young: HashMap<K, Window>,
    old: HashMap<K, Window>,
}

impl<K: Eq + Hash + Copy> Limiter<K> {
    /// For windows of `window_secs` seconds and at most `max_keys` keys (at least 2).
    pub fn new(window_secs: u64, max_keys: usize) -> Self {
        let millis = i64::try_from(window_secs.saturating_mul(1000)).unwrap_or(i64::MAX);
        Self {
            slice_millis: (millis / SLICES as i64).max(1),
            per_generation: (max_keys / 2).max(1),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Keys remembered.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether nobody has asked yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts a request of `key` if it is within `limit`, which must not be 0.
    pub fn check(&mut self, key: K, limit: u32, now: Timestamp) -> Decision {
        let slice = now.as_millis().div_euclid(self.slice_millis);
        let slice_millis = self.slice_millis;
        let window = self.window(key, slice);
        window.advance(slice);
        let used = window.total();
        let allowed = used < limit;
        let free_at = if allowed {
            let place = Window::place(window.newest);
            window.slices[place] = window.slices[place].saturating_add(1);
            window.free_at(used)
        } else {
            window.free_at(limit - 1)
        };
        let wait = free_at.saturating_mul(slice_millis) - now.as_millis();
        Decision {
            allowed,
            limit,
            remaining: limit.saturating_sub(used.saturating_add(u32::from(allowed))),
            reset_secs: u64::try_from(wait).unwrap_or(0).div_ceil(1000).max(1),
        }
    }

    fn window(&mut self, key: K, slice: i64) -> &mut Window {
        if !self.young.contains_key(&key) {
            let window = self.old.remove(&key).unwrap_or_else(|| Window::at(slice));
            if self.young.len() >= self.per_generation {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(key, window);
        }
        self.young.entry(key).or_insert_with(|| Window::at(slice))
    }
}

/// The limits of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitClass {
    /// `gateway.pair_rate_limit_per_minute`.
    Pair,
    /// `gateway.webhook_rate_limit_per_minute`.
    Webhook,
    /// `gateway.chat_rate_limit_per_minute`: turns, over whatever door.
    Chat,
    /// `gateway.api_rate_limit_per_minute`.
    Api,
    /// Not limited.
    None,
}

/// Counts requests by class and client, by the limits in force.
pub struct RateLimits {
    config: ConfigHandle,
    clock: Arc<dyn Clock>,
    pair: Mutex<Limiter<ClientKey>>,
    webhook: Mutex<Limiter<ClientKey>>,
    chat: Mutex<Limiter<ClientKey>>,
    api: Mutex<Limiter<ClientKey>>,
}

impl RateLimits {
    /// With no requests counted yet.
    pub fn new(config: ConfigHandle, clock: Arc<dyn Clock>) -> Self {
        let keys = config.current().gateway.rate_limit_max_keys;
        let limiter = || Mutex::new(Limiter::new(MINUTE, keys));
        Self {
            config,
            clock,
            pair: limiter(),
            webhook: limiter(),
            chat: limiter(),
            api: limiter(),
        }
    }

    /// Counts a request; none when its class is not limited.
    pub fn check(&self, class: LimitClass, key: ClientKey) -> Option<Decision> {
        let config = self.config.current();
        let gateway = &config.gateway;
        let (limiter, limit) = match class {
            LimitClass::Pair => (&self.pair, gateway.pair_rate_limit_per_minute),
            LimitClass::Webhook => (&self.webhook, gateway.webhook_rate_limit_per_minute),
            LimitClass::Chat => (&self.chat, gateway.chat_rate_limit_per_minute),
            LimitClass::Api => (&self.api, gateway.api_rate_limit_per_minute),
            LimitClass::None => return None,
        };
        (limit > 0).then(|| {
            let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
            limiter.check(key, limit, self.clock.now())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn the_limit_is_counted_down_and_the_wait_is_the_truth() {
        let mut limiter = Limiter::new(60, 100);
        for left in [2, 1, 0] {
            let decision = limiter.check(1, 3, at(10_000));
            assert_eq!((decision.allowed, decision.remaining), (true, left));
        }
        let refused = limiter.check(1, 3, at(10_000));
        assert!(!refused.allowed);
        assert_eq!(refused.remaining, 0);
        let wait = i64::try_from(refused.reset_secs).unwrap();
        assert!((60..=63).contains(&wait), "{wait}");
        assert!(!limiter.check(1, 3, at(10_000 + 59_999)).allowed);
        assert!(limiter.check(1, 3, at(10_000 + wait * 1000)).allowed);
    }

    #[test]
    fn one_client_does_not_use_up_anothers_share() {
        let mut limiter = Limiter::new(60, 100);
        assert!(limiter.check(1, 1, at(0)).allowed);
        assert!(!limiter.check(1, 1, at(0)).allowed);
        assert!(limiter.check(2, 1, at(0)).allowed);
    }

    #[test]
    fn an_ipv6_subscriber_is_one_client_and_a_mapped_ipv4_address_is_that_address() {
        let key = |text: &str| ClientKey::of_ip(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn a_client_that_keeps_asking_is_not_forgotten_for_a_crowd_of_others() {
        let mut limiter = Limiter::new(60, 10);
        for other in 0..100 {
            let mine = limiter.check(-1, 3, at(0));
            assert_eq!(mine.allowed, other < 3);
            limiter.check(other, 3, at(0));
        }
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            limit in 1_u32..20,
            steps in prop::collection::vec(0_i64..9_000, 1..400),
        ) {
            let mut limiter = Limiter::new(60, 4);
            let (mut now, mut passed) = (0, Vec::new());
            for step in steps {
                now += step;
                let decision = limiter.check("one", limit, at(now));
                if decision.allowed {
                    passed.push(now);
                } else {
                    let again = now + i64::try_from(decision.reset_secs).unwrap() * 1000;
                    let later = limiter.clone().check("one", limit, at(again));
                    prop_assert!(later.allowed);
                }
            }
            for (place, first) in passed.iter().enumerate() {
                let within = passed[place..].iter().take_while(|at| **at < first + 60_000).count();
                prop_assert!(within <= limit as usize);
            }
        }

        #[test]
        fn keys_are_bounded_whoever_asks(max in 2_usize..50, keys in prop::collection::vec(0_u16..500, 0..600)) {
            let mut limiter = Limiter::new(60, max);
            for (place, key) in keys.iter().enumerate() {
                limiter.check(*key, 5, at(i64::try_from(place).unwrap() * 100));
                prop_assert!(limiter.len() <= max + 1);
            }
        }

        #[test]
        fn a_clock_that_jumps_breaks_nothing(times in prop::collection::vec(any::<i32>(), 1..100)) {
            let mut limiter = Limiter::new(60, 10);
            for time in times {
                let decision = limiter.check(0, 5, at(i64::from(time)));
                prop_assert!(decision.remaining < 5);
                prop_assert!(decision.reset_secs >= 1);
            }
        }
    }
}
