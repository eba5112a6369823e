//! One turn: prompt, model, tools, answer; its journal, queue and recovery.
