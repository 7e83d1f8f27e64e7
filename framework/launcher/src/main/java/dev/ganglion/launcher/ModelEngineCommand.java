package dev.ganglion.launcher;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ganglion model engine}. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        description = {"Lets another engine run a model, without a message being lost.", ""})
final class ModelEngineCommand extends ModelChangeCommand {
    @Parameters(
            index = "1",
            paramLabel = "ENGINE",
            description = "The engine, for example onnxruntime; 'ganglion plugin list' has them.")
    private String engine = "";

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = about("model.engine", name());
        request.put("engine", engine);
        return request;
    }
}
