# grade.mk - what a model may write, by the hundred thousand: does grading take linear time?
#
#     make linear COUNT=200000 SEED=1     some 25 minutes of one core

GRADE_OBJ := $(call obj_of,base) $(call obj_of,grade)

.PHONY: linear

$(B)/tests/grade/linear: tests/grade/linear.c tests/grade/pieces.h $(GRADE_OBJ) $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit -Itests $(LDFLAGS) $< $(GRADE_OBJ) $(LIB_LIBS) \
	    $(PROG_LIBS) -o $@

## linear: COUNT (2000) texts put together by chance: twice as much takes at most 2.3 times as long
linear: $(B)/tests/grade/linear
	@$< $(COUNT) $(SEED)
