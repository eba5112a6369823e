/** What each setting is called and is for, in German. The gateway says it in English; what is not here is said so. */
export const settingFields: Record<string, { title: string; about: string }> = {
  'owner.time_zone': {
    title: 'Zeitzone',
    about: 'Deine Zeitzone, etwa „Europe/Berlin“, für Budgets und Zeitpläne; leer: die dieses Rechners.',
  },
  'gateway.host': { title: 'Adresse', about: 'Die Adresse, auf der das Gateway lauscht.' },
  'gateway.port': { title: 'Port', about: 'Der Port, auf dem das Gateway lauscht; 0 nimmt einen freien.' },
  'gateway.allow_public_bind': {
    title: 'Öffentliche Adresse erlauben',
    about: 'Erlaubt ohne Tunnel eine Adresse, die andere Rechner erreichen.',
  },
  'gateway.allowed_hosts': {
    title: 'Erlaubte Namen',
    about: 'Weitere Namen, die Browser verwenden dürfen, etwa der eines Reverse-Proxys.',
  },
  'gateway.require_pairing': { title: 'Kopplung verlangen', about: 'Jeder Client braucht ein Token.' },
  'gateway.paired_tokens': {
    title: 'Gekoppelte Token',
    about: 'SHA-256-Hashes der Token einer älteren Installation; werden einmal übernommen.',
  },
  'gateway.pairing_code_ttl_secs': {
    title: 'Gültigkeit des Kopplungscodes',
    about: 'Wie lange ein Kopplungscode gilt.',
  },
  'gateway.token_ttl_days': {
    title: 'Gültigkeit eines Tokens',
    about: 'Wie lange ein Token gilt; 0 = für immer.',
  },
  'gateway.pair_rate_limit_per_minute': {
    title: 'Grenze für Kopplungsversuche',
    about: 'Kopplungsversuche je Client und Minute; 0 = unbegrenzt, wie bei allen Grenzen.',
  },
  'gateway.webhook_rate_limit_per_minute': {
    title: 'Grenze für Webhooks',
    about: 'Webhook-Aufrufe je Client und Minute.',
  },
  'gateway.chat_rate_limit_per_minute': {
    title: 'Grenze für Nachrichten',
    about: 'Chat-Nachrichten je Client und Minute.',
  },
  'gateway.api_rate_limit_per_minute': {
    title: 'Grenze für die API',
    about: 'Andere Aufrufe unter /api je Client und Minute.',
  },
  'gateway.v1_rate_limit_per_minute': {
    title: 'Grenze für /v1',
    about: 'Aufrufe unter /v1 je Client und Minute.',
  },
  'gateway.rate_limit_max_keys': {
    title: 'Gemerkte Clients',
    about: 'So viele Clients merkt sich jede Grenze.',
  },
  'gateway.idempotency_ttl_secs': {
    title: 'Gültigkeit von Idempotenzschlüsseln',
    about: 'Wie lange ein Idempotenzschlüssel gemerkt wird.',
  },
  'gateway.idempotency_max_keys': {
    title: 'Gemerkte Idempotenzschlüssel',
    about: 'So viele davon werden gemerkt.',
  },
  'gateway.trust_forwarded_headers': {
    title: 'Weitergeleiteten Kopfzeilen glauben',
    about: 'X-Forwarded-*-Kopfzeilen von vertrauten Proxys gelten.',
  },
  'gateway.trusted_proxies': {
    title: 'Vertraute Proxys',
    about: 'Netze oder Adressen von Proxys, denen geglaubt wird.',
  },
  'gateway.request_timeout_secs': {
    title: 'Zeitlimit für Anfragen',
    about: 'Für das Lesen einer Anfrage und für Antworten außerhalb des Chats.',
  },
  'gateway.max_body_bytes': {
    title: 'Größte Anfrage',
    about: 'Größter Inhalt einer Anfrage außerhalb des Chats.',
  },
  'gateway.max_chat_body_bytes': {
    title: 'Größte Chat-Anfrage',
    about: 'Größter Inhalt einer Chat-Anfrage, mit Anhängen.',
  },
  'gateway.allow_query_token': {
    title: 'Token in der Adresse erlauben',
    about: '?token= gilt bei GET und WebSocket.',
  },
  'gateway.config_revisions': {
    title: 'Frühere Fassungen',
    about: 'So viele frühere Fassungen dieser Datei werden aufgehoben; 0 = keine.',
  },
  'agent.provider': {
    title: 'Anbieter',
    about: 'Ein Name unter [providers]; leer: der erste, oder was sich findet.',
  },
  'agent.model': { title: 'Modell', about: 'Das Modell; leer: das der Anbieter wählt.' },
  'agent.temperature': { title: 'Temperatur', about: 'Wie frei das Modell seine Worte wählt, 0 bis 2.' },
  'agent.autonomy': {
    title: 'Selbstständigkeit',
    about: 'read_only: nur ansehen; supervised: vor Gefährlichem fragen; full: nie fragen.',
  },
  'agent.max_iterations': {
    title: 'Modellaufrufe je Vorgang',
    about: 'So viele Modellaufrufe darf ein Vorgang höchstens machen.',
  },
  'agent.turn_timeout_secs': {
    title: 'Zeitlimit eines Vorgangs',
    about: 'Wie lange ein Vorgang arbeiten darf; das Warten auf dich zählt nicht.',
  },
  'agent.max_turn_tokens': {
    title: 'Token je Vorgang',
    about: 'So viele Token darf ein Vorgang höchstens verbrauchen; 0 = unbegrenzt.',
  },
  'agent.approval_timeout_secs': {
    title: 'Frist für Freigaben',
    about: 'Wie lange eine Anfrage auf deine Entscheidung wartet.',
  },
  'agent.sync_wait_secs': {
    title: 'Wartezeit von Aufrufern',
    about: 'Wie lange ein wartender Aufrufer wartet, bis er 202 bekommt.',
  },
  'agent.system_prompt': {
    title: 'Systemprompt',
    about: 'Sagt dem Modell, wer es ist; leer: die eingebauten Worte.',
  },
  'agent.history_tokens': {
    title: 'Token des Verlaufs',
    about: 'So viele Token früherer Nachrichten sieht das Modell.',
  },
  'tools.shell_timeout_secs': {
    title: 'Zeitlimit eines Befehls',
    about: 'Wie lange ein Befehl dauern darf.',
  },
  'tools.shell_memory_mb': {
    title: 'Speicher eines Befehls',
    about: 'Speicher jedes Programms eines Befehls in MiB; 0 = unbegrenzt.',
  },
  'tools.shell_network': {
    title: 'Netz für Befehle',
    about: 'Befehle dürfen TCP-Verbindungen öffnen (aus braucht Linux 6.7 oder neuer).',
  },
  'tools.shell_read': {
    title: 'Lesbare Ordner',
    about: 'Weitere Ordner, aus denen Befehle lesen und Programme starten dürfen, etwa „~/.cargo“.',
  },
  'tools.shell_write': {
    title: 'Schreibbare Ordner',
    about: 'Weitere Ordner, die Befehle lesen und ändern dürfen.',
  },
  'tools.shell_env': {
    title: 'Umgebungsvariablen',
    about: 'Namen der Umgebungsvariablen, die Befehle außer den üblichen bekommen.',
  },
  'tools.output_cap_bytes': {
    title: 'Größte Ausgabe',
    about: 'So viele Bytes der Ausgabe eines Werkzeugs sieht das Modell höchstens.',
  },
  'tools.allowed_hosts': {
    title: 'Erlaubte Rechner',
    about: 'Rechner im eigenen Netz, die abgerufen werden dürfen, etwa „nas.local:8080“.',
  },
  'tools.fetch_timeout_secs': { title: 'Zeitlimit eines Abrufs', about: 'Wie lange ein Abruf dauern darf.' },
  'tools.fetch_max_bytes': {
    title: 'Größte abgerufene Antwort',
    about: 'So viele Bytes einer Antwort liest ein Abruf höchstens.',
  },
  'tools.permissions.allow': {
    title: 'Erlauben',
    about: 'Werkzeuge, die ohne Frage benutzt werden, mit Namen.',
  },
  'tools.permissions.ask': {
    title: 'Fragen',
    about: 'Werkzeuge, die nach deiner Zustimmung benutzt werden; zählt mehr als „Erlauben“.',
  },
  'tools.permissions.deny': {
    title: 'Verbieten',
    about: 'Werkzeuge, die nie benutzt werden; zählt mehr als „Fragen“ und „Erlauben“.',
  },
  'memory.auto_save': { title: 'Von selbst behalten', about: 'Behält, was gesagt wird.' },
  'memory.recall_tokens': {
    title: 'Token der Erinnerungen',
    about: 'So viele Token an Erinnerungen sieht das Modell je Nachricht; 0 = keine.',
  },
  'memory.max_entries': { title: 'Erinnerungen', about: 'So viele Erinnerungen darf es geben.' },
  'memory.max_entry_bytes': { title: 'Größte Erinnerung', about: 'Wie groß eine Erinnerung sein darf.' },
  'memory.max_conversation_entries': {
    title: 'Erinnerungen aus Unterhaltungen',
    about: 'So viele hebt auto_save aus Unterhaltungen auf; die ältesten gehen zuerst.',
  },
  'memory.embedding_provider': {
    title: 'Anbieter für Vektoren',
    about:
      'Ein Name unter [providers] oder ollama, dessen Vektoren nach Bedeutung finden; leer: nur nach Wörtern.',
  },
  'memory.embedding_model': {
    title: 'Modell für Vektoren',
    about: 'Das Modell für Vektoren; leer: ein gutes des Anbieters.',
  },
  'cost.enabled': { title: 'Eingeschaltet', about: 'Hält fest, was ausgegeben wird.' },
  'cost.daily_limit_usd': { title: 'Tagesgrenze', about: 'Für einen Tag, in Dollar.' },
  'cost.monthly_limit_usd': { title: 'Monatsgrenze', about: 'Für einen Monat, in Dollar.' },
  'cost.warn_at_percent': { title: 'Warnen ab', about: 'Ab diesem Anteil einer Grenze wird gewarnt.' },
  'cost.on_limit': {
    title: 'An der Grenze',
    about: 'block: ablehnen; warn: weitermachen; downgrade: mit einem günstigeren Modell weitermachen.',
  },
  'observability.backend': { title: 'Messwerte', about: 'prometheus bietet /metrics an, none nicht.' },
  'observability.otlp_endpoint': {
    title: 'OTLP-Adresse',
    about: 'Wohin Abläufe über OTLP gehen; leer: nirgendwohin.',
  },
  'observability.log_level': {
    title: 'Protokollstufe',
    about: 'Eine Stufe, oder Vorgaben wie „info,clawgate::agent=debug“.',
  },
  'tunnel.provider': { title: 'Art', about: 'Wie das Gateway von außen erreicht wird.' },
  'channels.webhook.secret': {
    title: 'Geheimnis',
    about: 'Was X-Webhook-Secret sein muss; leer: wird nicht verlangt. Wird versiegelt.',
  },
  'channels.webhook.tools': { title: 'Werkzeuge', about: 'Vorgänge von Webhooks dürfen Werkzeuge benutzen.' },
  'providers.*.kind': { title: 'Art', about: 'Das Protokoll; openai = jeder verträgliche Server.' },
  'providers.*.base_url': { title: 'Adresse', about: 'Wo er ist; leer: die eigene Adresse der Art.' },
  'providers.*.api_key': { title: 'API-Schlüssel', about: 'Sein Schlüssel. Wird versiegelt.' },
  'providers.*.api_key_env': {
    title: 'Variable mit dem Schlüssel',
    about: 'Die Umgebungsvariable, in der der Schlüssel stattdessen steht.',
  },
  'providers.*.model': { title: 'Modell', about: 'Das Modell, wenn [agent] keines nennt.' },
  'providers.*.fallbacks': { title: 'Ersatz', about: 'Namen anderer Anbieter, der Reihe nach versucht.' },
  'providers.*.connect_timeout_secs': {
    title: 'Zeitlimit der Verbindung',
    about: 'Für den Aufbau der Verbindung.',
  },
  'providers.*.first_token_timeout_secs': {
    title: 'Zeitlimit bis zum ersten Token',
    about: 'Von der Anfrage bis zum ersten Token.',
  },
  'providers.*.idle_timeout_secs': { title: 'Zeitlimit zwischen Token', about: 'Zwischen zwei Token.' },
  'providers.*.max_retries': { title: 'Wiederholungen', about: 'Weitere Versuche vor dem ersten Token.' },
  'cron.enabled': { title: 'Eingeschaltet', about: 'Führt fällige Aufgaben aus.' },
  'cron.max_concurrent': {
    title: 'Gleichzeitige Aufgaben',
    about: 'So viele Aufgaben laufen nebeneinander.',
  },
  'cron.max_jobs': { title: 'Aufgaben', about: 'So viele Aufgaben darf es geben.' },
  'cron.timeout_secs': {
    title: 'Zeitlimit',
    about: 'Wie lange ein Versuch höchstens dauern darf, wenn die Aufgabe nichts sagt.',
  },
  'cron.pause_after_failures': {
    title: 'Pause nach Fehlschlägen',
    about: 'Nach so vielen Fehlschlägen hintereinander pausiert eine Aufgabe; 0 = nie.',
  },
  'cron.catch_up_limit': {
    title: 'Nachgeholte Läufe',
    about: 'So viele Läufe werden nach einer Auszeit höchstens nachgeholt, wenn eine Aufgabe alle will.',
  },
  'cron.keep_runs': {
    title: 'Aufgehobene Läufe',
    about: 'So viele Läufe werden je Aufgabe aufgehoben; ältere gehen.',
  },
  'workspace.max_upload_bytes': {
    title: 'Größte Datei',
    about: 'Die größte Datei, die über die Seite oder die API angenommen wird.',
  },
  'workspace.max_versions': {
    title: 'Versionen je Datei',
    about: 'So viele Versionen einer Datei werden aufgehoben; die ältesten gehen zuerst.',
  },
  'workspace.max_versioned_bytes': {
    title: 'Größte Datei mit Versionen',
    about: 'Bis zu dieser Größe werden frühere Versionen aufgehoben; 0 = nie.',
  },
  'workspace.max_history_bytes': {
    title: 'Platz für Versionen',
    about: 'So viel Platz dürfen alle Versionen zusammen belegen; die ältesten gehen zuerst.',
  },
  'workspace.prompt_tokens': {
    title: 'Token der Dateien',
    about: 'So viele Token aus AGENTS.md, SOUL.md, USER.md und MEMORY.md erfährt das Modell; 0 = keine.',
  },
  'cost.downgrade_to': {
    title: 'Günstigeres Modell',
    about: 'Das Modell, mit dem weitergemacht wird, als Anbieter/Modell.',
  },
  'cost.unpriced': {
    title: 'Modelle ohne Preis',
    about: 'Modelle, deren Preis unbekannt ist, so dass kein Budget sie zählen kann.',
  },
  'cost.budgets': {
    title: 'Weitere Budgets',
    about: 'Für wen, was, wie lange, wie viele Dollar; etwa „session * total 2.00“.',
  },
  'observability.log_max_bytes': {
    title: 'Platz für Protokolle',
    about: 'So viel Platz dürfen alle Protokolldateien zusammen belegen; die ältesten gehen zuerst.',
  },
  'observability.log_keep_days': {
    title: 'Protokolle aufheben',
    about: 'So viele Tage werden Protokolldateien aufgehoben.',
  },
  'cost.prices': {
    title: 'Eigene Preise',
    about: 'Preise für eine Million Token, etwa „main/llama-3* in 0.20 out 0.60 cached 0.05“.',
  },
};
