"""The duty officer's console. Start reading at `desk.py`: all of it that decides is pure.

link.py ──frames──▶ model.py ─▶ queue.py ─▶ pages/ ─▶ frame.py ──lines──▶ app.py (Textual)
   ▲                                ▲                                        │ keys
   └───────── effects ◀────────── desk.py ◀──────────────────────────────────┘
"""
