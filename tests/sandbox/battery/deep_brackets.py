# A text on which the parser itself may die.
text = "[" * 100000 + "]" * 100000
hole = False
hole = bool(eval(text))
