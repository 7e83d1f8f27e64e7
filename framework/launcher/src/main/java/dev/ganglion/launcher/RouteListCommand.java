package dev.ganglion.launcher;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ganglion route list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the routes with their files: which run, what a file waits for, what is wrong with it.",
            ""
        })
final class RouteListCommand extends AskingCommand {
    @Override
    Map<String, Object> request() {
        return Map.of("command", "route.list");
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        TextTable table = new TextTable("ROUTE", "STATE", "MESSAGES", "FAILED", "FILE");
        objects(answer.get("routes"))
                .forEach(
                        route ->
                                table.row(
                                        name(route),
                                        route.get("state"),
                                        route.get("messages"),
                                        route.get("failed"),
                                        route.get("file")));
        table.print(out);
        objects(answer.get("routes")).stream()
                .map(route -> String.valueOf(route.get("sentence")))
                .filter(sentence -> !sentence.isEmpty())
                .distinct()
                .forEach(out::println);
    }

    /** {@return the id of a route, or the name of a file of which none runs} */
    static Object name(Map<?, ?> route) {
        String id = String.valueOf(route.get("route"));
        return id.isEmpty()
                ? String.valueOf(Path.of(String.valueOf(route.get("file"))).getFileName())
                : id;
    }
}
