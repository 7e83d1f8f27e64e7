package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ganglion undo}: takes back what an actuator did last. */
@Command(
        name = "undo",
        mixinStandardHelpOptions = true,
        description = {"Takes back what an actuator did last, where its device can.", ""},
        footer = {
            "",
            "Exit status: 0, or 1 when there was nothing to take back or the device cannot."
        })
final class UndoCommand extends AskingCommand {
    @Parameters(paramLabel = "ACTUATOR", description = "Its name, such as home for act:home.")
    private String actuator = "";

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", "undo");
        request.put("actuator", actuator);
        return request;
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        out.println(TextTable.shown(String.valueOf(answer.get("sentence"))));
    }
}
