/* cell.c - tables whose rows a narrow screen shows as lists: their roles are said, since a list of
 * style would otherwise take them away. */
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/page/part.h"

/* A difference below this chance is bold. */
#define P_BOLD 0.05

void lmi_table_open(lmi_buf *out, const char *class, const char *label, const char *const *columns,
                    size_t n)
{
    size_t i;

    lmi_buf_printf(out, "<table role=\"table\" class=\"%s\" aria-label=\"", class);
    lmi_html(out, label);
    lmi_buf_puts(out, "\">\n<thead role=\"rowgroup\"><tr role=\"row\">");
    for (i = 0; i < n; i++) {
        lmi_buf_puts(out, "<th scope=\"col\" role=\"columnheader\">");
        lmi_html(out, columns[i]);
        lmi_buf_puts(out, "</th>");
    }
    lmi_buf_puts(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void lmi_table_close(lmi_buf *out)
{
    lmi_buf_puts(out, "</tbody></table>\n");
}

void lmi_row_open(lmi_buf *out)
{
    lmi_buf_puts(out, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
}

void lmi_row_head(lmi_buf *out)
{
    lmi_buf_puts(out, "</th>");
}

void lmi_row_close(lmi_buf *out)
{
    lmi_buf_puts(out, "</tr>\n");
}

void lmi_cell_open(lmi_buf *out, const char *column)
{
    lmi_buf_puts(out, "<td role=\"cell\" data-h=\"");
    lmi_html(out, column);
    lmi_buf_puts(out, "\"><div>");
}

void lmi_cell_close(lmi_buf *out)
{
    lmi_buf_puts(out, "</div></td>");
}

void lmi_cell_text(lmi_buf *out, const char *column, const char *text)
{
    lmi_cell_open(out, column);
    lmi_html(out, text);
    lmi_cell_close(out);
}

void lmi_cell_count(lmi_buf *out, const char *column, size_t n)
{
    lmi_cell_open(out, column);
    lmi_buf_printf(out, "%zu", n);
    lmi_cell_close(out);
}

void lmi_rate_html(lmi_buf *out, const lmi_rate *rate)
{
    char share[LMI_NUMBER_SIZE], low[LMI_NUMBER_SIZE], high[LMI_NUMBER_SIZE];

    lmi_percent(share, rate->share);
    lmi_percent(low, rate->interval.low);
    lmi_percent(high, rate->interval.high);
    if (rate->n)
        lmi_buf_printf(out, "<strong>%s</strong> <small>%s to %s</small>", share, low, high);
    else
        lmi_buf_puts(out, "-");
}

void lmi_cell_rate(lmi_buf *out, const char *column, const lmi_rate *rate)
{
    lmi_cell_open(out, column);
    lmi_rate_html(out, rate);
    lmi_cell_close(out);
}

void lmi_cell_p(lmi_buf *out, const char *column, double p)
{
    char text[LMI_NUMBER_SIZE];

    lmi_p_value(text, p);
    lmi_cell_open(out, column);
    lmi_buf_puts(out, p < P_BOLD ? "<strong>" : "");
    lmi_html(out, text);
    lmi_buf_puts(out, p < P_BOLD ? "</strong>" : "");
    lmi_cell_close(out);
}
