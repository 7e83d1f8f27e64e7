package dev.ganglion.decider.action;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import java.util.ArrayList;
import java.util.List;

/**
 * What the options say.
 *
 * @param least whether the least likely token is the confidence, and not all together
 * @param nameOnly whether the name is all that is wanted
 * @param goesOn whether the answer is read on after the decision
 * @param names all that there are; empty when any is fine
 */
record ActionSettings(
        String nameKey,
        double above,
        boolean least,
        boolean nameOnly,
        boolean goesOn,
        List<String> names) {
    static ActionSettings of(Options options) {
        List<String> names = new ArrayList<>();
        if (options.has("names")) {
            for (String name : options.text("names").split(",", -1)) {
                if (name.isBlank() || names.contains(name.strip())) {
                    throw new GanglionException(
                            Kind.SETUP,
                            options.owner()
                                    + ": 'names' takes different names joined by commas, found '"
                                    + options.text("names")
                                    + "'");
                }
                names.add(name.strip());
            }
        }
        String stopAt = options.text("stopAt");
        return new ActionSettings(
                options.text("nameKey"),
                options.number("above"),
                options.text("confidence").equals("least"),
                stopAt.equals("intent"),
                stopAt.equals("end"),
                List.copyOf(names));
    }
}
