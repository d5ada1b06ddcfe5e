/* own.h - data sets that come with the program, embedded by the build (tools/embed.sh): JSON
 * lines, ending in a NUL. tools/demo_model/problems.py writes them. */
#ifndef LMI_DATA_OWN_H
#define LMI_DATA_OWN_H

extern const char lmi_demo_jsonl[];
extern const char lmi_demo_secret_jsonl[];
extern const char lmi_demo_split_jsonl[];

#endif
