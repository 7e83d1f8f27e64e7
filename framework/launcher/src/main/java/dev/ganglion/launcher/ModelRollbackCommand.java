package dev.ganglion.launcher;

import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ganglion model rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = {"Lets the version serve again that served before the last swap.", ""})
final class ModelRollbackCommand extends ModelChangeCommand {
    @Override
    Map<String, Object> request() {
        return about("model.rollback", name());
    }
}
