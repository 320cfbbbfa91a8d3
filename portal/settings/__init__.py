"""Settings: env (every environment variable, typed, once) → base → security · realtime → dev | test | production."""
