package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ganglion plugin list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the plug-ins that are there, where each comes from, and what is wrong with others.",
            ""
        })
final class PluginListCommand extends AskingCommand {
    @Override
    Map<String, Object> request() {
        return Map.of("command", "plugin.list");
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        TextTable table = new TextTable("KIND", "NAME", "SOURCE");
        objects(answer.get("plugins"))
                .forEach(
                        plugin ->
                                table.row(
                                        plugin.get("kind"),
                                        plugin.get("name"),
                                        plugin.get("source")));
        table.print(out);
        if (answer.get("problems") instanceof List<?> problems && !problems.isEmpty()) {
            out.println();
            out.println("Wrong:");
            problems.forEach(problem -> out.println("  - " + problem));
        }
    }
}
