package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What holds for plug-ins of every kind: the name and the options. */
abstract class PluginContract {
    abstract Plugin plugin();

    /** The declared options with these values given, relative paths from the working folder. */
    final Options optionsOf(Map<String, String> given) {
        return Options.of(plugin().name(), plugin().options(), given, Path.of(""));
    }

    /** For hooks that must be overridden when their capability is not switched off. */
    static <T> T override(String hook) {
        return Assertions.fail("override " + hook);
    }

    /** Skips the test when a hook says, by an empty answer, that there is nothing to test. */
    static void assumeGiven(boolean given, String hook) {
        Assumptions.assumeTrue(given, () -> "switched off: " + hook + " gives nothing");
    }

    @Test
    void theNameIsLowerCaseWordsJoinedByHyphens() {
        assertThat(plugin().name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    }

    @Test
    void theNameIsTheSameForEachInstance() {
        assertThat(plugin().name()).isEqualTo(plugin().name());
    }

    @Test
    void eachOptionHasItsOwnNameAndADescription() {
        List<Parameter> options = plugin().options();
        assertThat(options).extracting(Parameter::name).doesNotHaveDuplicates();
        assertThat(options).allSatisfy(option -> assertThat(option.description()).isNotBlank());
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatThrownBy(() -> optionsOf(Map.of("no-such-option", "1")))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP));
    }
}
