package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** A command that changes which version of a model serves, or where; the answer is a sentence. */
abstract class ModelChangeCommand extends AskingCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The model, for example nlu-micro.")
    private String name = "";

    String name() {
        return name;
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        out.println(answer.get("sentence"));
    }
}
