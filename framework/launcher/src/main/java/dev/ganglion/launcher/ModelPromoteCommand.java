package dev.ganglion.launcher;

import java.util.Map;
import picocli.CommandLine.Command;

/** {@code ganglion model promote}. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description = {
            "Accepts a version that is on probation, a canary or a shadow: it serves alone from now on.",
            ""
        })
final class ModelPromoteCommand extends ModelChangeCommand {
    @Override
    Map<String, Object> request() {
        return about("model.promote", name());
    }
}
