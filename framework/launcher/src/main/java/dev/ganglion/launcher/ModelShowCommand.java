package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ganglion model show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Shows a model: its versions, inputs and outputs, who holds it, and what happened to it.",
            ""
        })
final class ModelShowCommand extends AskingCommand {
    @Parameters(paramLabel = "NAME", description = "The model, for example nlu-micro.")
    private String name = "";

    @Override
    Map<String, Object> request() {
        return about("model.show", name);
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        ModelTable.of(objects(answer.get("versions"))).print(out);
        out.println();
        lines("input", answer.get("inputs"), out);
        lines("output", answer.get("outputs"), out);
        lines("licence", answer.get("licence"), out);
        for (Map<?, ?> lease : objects(answer.get("leasesHeld"))) {
            out.printf(
                    "%-8s %s, since %s%n",
                    "held by", lease.get("holder"), ModelTable.clock(lease.get("sinceMillis")));
        }
        List<Map<?, ?>> log = objects(answer.get("log"));
        if (!log.isEmpty()) {
            out.println();
            log.forEach(
                    entry ->
                            out.println(
                                    ModelTable.clock(entry.get("atMillis"))
                                            + "  "
                                            + entry.get("sentence")));
        }
    }

    private static void lines(String heading, @Nullable Object value, PrintStream out) {
        List<?> lines =
                value instanceof List<?> several
                        ? several
                        : value == null ? List.of() : List.of(value);
        lines.forEach(line -> out.printf("%-8s %s%n", heading, line));
    }
}
