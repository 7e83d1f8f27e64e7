package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ganglion model list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists each version of each model: which serve, and which are only installed.",
            ""
        })
final class ModelListCommand extends AskingCommand {
    @Override
    Map<String, Object> request() {
        return Map.of("command", "model.list");
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        ModelTable.of(objects(answer.get("models"))).print(out);
        out.println();
        out.println("folder  " + answer.get("folder"));
    }
}
