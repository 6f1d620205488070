"""`make drill`: in real calls parts are killed and people come and go; is each second billed once?"""
