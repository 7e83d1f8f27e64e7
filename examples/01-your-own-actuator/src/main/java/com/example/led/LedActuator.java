package com.example.led;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** A light that Linux shows as a file, such as {@code /sys/class/leds/ACT/brightness}: 0 is dark. */
@Component(service = Actuator.class)
public final class LedActuator implements Actuator {
    @Override
    public String name() {
        return "led"; // routes say act:led
    }

    @Override
    public List<Parameter> options() {
        return List.of(Parameter.path("file").required().describedAs("the file that holds the brightness"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return List.of(
                ActionSpec.of("led_on", Parameter.integer("brightness", "1", 1, 255).withDefault("255")),
                ActionSpec.of("led_off"));
    }

    @Override
    public Device open(Options options) {
        Path file = options.path("file");
        if (!Files.isWritable(file)) {
            throw new GanglionException(
                    Kind.SETUP, "act:led cannot write " + file + "; file= names the brightness file of a light");
        }
        return new Led(file);
    }

    private record Led(Path file) implements Device {
        @Override
        public void perform(String action, Map<String, Object> parameters) {
            // The framework has checked the name and the range, and filled in the default.
            write(action.equals("led_on") ? (Long) parameters.getOrDefault("brightness", 255L) : 0);
        }

        private void write(long brightness) {
            try {
                Files.writeString(file, Long.toString(brightness));
            } catch (IOException e) {
                throw new GanglionException(Kind.RETRY, "act:led could not write " + file + " (" + e + ")", e);
            }
        }

        @Override
        public void makeSafe() {
            try {
                write(0);
            } catch (GanglionException unreachable) {
                // A light that cannot be reached cannot be made darker either; makeSafe never throws.
            }
        }

        @Override
        public void close() {}
    }
}
