package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ganglion why-slow}: where the slowest messages of a route spent their time. */
@Command(
        name = "why-slow",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the ten slowest messages of a route since it began, where each spent its time, and what to change.",
            ""
        },
        footer = {
            "",
            "Times are in milliseconds. TOTAL is from the sample to the action: WAIT until the route took it up, OTHER"
                    + " in steps that are not Ganglion's, most of it before the step under BEFORE. HELD is for how long"
                    + " an encoder had gathered before it gave anything, HEARD how long the utterance had lasted.",
            "Exit status: 0, or 1 when no container or no such route runs."
        })
final class WhySlowCommand extends AskingCommand {
    /** A gap below this share of the message's time is not worth a name. */
    private static final double NAMED_GAP = 0.1;

    @Parameters(paramLabel = "ROUTE", description = "The id of the route, as 'top' shows it.")
    private String route = "";

    @Option(
            names = "--reset",
            description = "Forgets the messages after they were shown, and begins anew.")
    private boolean reset;

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", "why-slow");
        request.put("route", route);
        request.put("reset", reset);
        return request;
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        List<Map<?, ?>> slowest = objects(answer.get("slowest"));
        if (!slowest.isEmpty()) {
            out.println(heading(answer, slowest.size()));
            out.println();
            TextTable table =
                    new TextTable(
                            "TRACE",
                            "STREAM",
                            "SEQUENCE",
                            "TOTAL",
                            "WAIT",
                            "ENCODE",
                            "INFER",
                            "DECIDE",
                            "ACT",
                            "OTHER",
                            "BEFORE",
                            "HELD",
                            "HEARD");
            slowest.forEach(message -> add(table, message));
            table.print(out);
            out.println();
        }
        if (answer.get("verdict") instanceof List<?> sentences) {
            sentences.forEach(out::println);
        }
    }

    private static String heading(Map<String, Object> answer, int shown) {
        long messages = number(answer.get("messages"));
        StringBuilder heading = new StringBuilder("the ");
        heading.append(shown == 1 ? "slowest" : shown + " slowest").append(" of ");
        heading.append(messages).append(messages == 1 ? " decision" : " decisions");
        heading.append(" in ").append(answer.get("route")).append("; milliseconds");
        if (answer.get("medianMicros") instanceof Map<?, ?> median && median.get("total") != null) {
            heading.append("; the median is ").append(millis(median.get("total")));
        }
        return heading.toString();
    }

    private static void add(TextTable table, Map<?, ?> message) {
        boolean gap =
                number(message.get("gapMicros")) >= NAMED_GAP * number(message.get("totalMicros"));
        table.row(
                message.get("trace"),
                message.get("stream"),
                message.get("sequence"),
                millis(message.get("totalMicros")),
                millis(message.get("waitMicros")),
                millis(message.get("encodeMicros")),
                millis(message.get("inferMicros")),
                millis(message.get("decideMicros")),
                millis(message.get("actMicros")),
                millis(message.get("otherMicros")),
                gap ? message.get("gapBefore") : "",
                millis(message.get("heldMicros")),
                millis(message.get("heardMicros")));
    }

    private static String millis(@Nullable Object micros) {
        return String.format(Locale.ROOT, "%.2f", number(micros) / 1000.0);
    }
}
