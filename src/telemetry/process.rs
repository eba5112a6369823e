//! What the operating system says about this process.

use std::time::Instant;

/// The running process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    started: Instant,
}

impl Process {
    /// To be called once, at the start.
    pub fn started_now() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// Whole seconds since the start; a change of the clock does not touch it.
    pub fn uptime_seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Resident memory in bytes; none where the system does not say (it is known on Linux).
    pub fn rss_bytes(&self) -> Option<u64> {
        resident(&std::fs::read_to_string("/proc/self/status").ok()?)
    }
}

/// The resident memory in a `/proc/<pid>/status`. `statm` has it too, but in pages of a size
/// that can't be asked for without unsafe code.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_from_the_kernels_words() {
        assert_eq!(
            resident("Name:\tclawgate\nVmHWM:\t 99 kB\nVmRSS:\t   14848 kB\n"),
            Some(15_204_352)
        );
        assert_eq!(resident("Name:\tkthreadd\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_knows_its_memory_and_its_age() {
        let process = Process::started_now();
        let rss = process.rss_bytes().unwrap();
        assert!((1 << 20..1 << 33).contains(&rss), "{rss}");
        assert_eq!(process.uptime_seconds(), 0);
    }
}
