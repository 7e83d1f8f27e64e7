package dev.ganglion.runtime.osgi;

import dev.ganglion.runtime.model.Deployment;
import dev.ganglion.runtime.model.ModelHost;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one model is run on this device: a file {@code etc/dev.ganglion.model-<any>.cfg} with {@code
 * name}, and of {@code engine}, {@code isolation} and {@code replacement.<key>} those that are to
 * differ from the model's card.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.ganglion.model",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ModelConfiguration {
    private static final Logger log = LoggerFactory.getLogger(ModelConfiguration.class);
    private static final String REPLACEMENT = "replacement.";

    private final ModelHost host;
    private String name = "";

    /** Applies the file. */
    @Activate
    public ModelConfiguration(@Reference ModelHost host, Map<String, Object> properties) {
        this.host = host;
        apply(properties);
    }

    /** Applies the changed file. */
    @Modified
    public void apply(Map<String, Object> properties) {
        String model = String.valueOf(properties.getOrDefault("name", ""));
        if (model.isEmpty()) {
            log.error(
                    "the configuration {} names no model; add a line 'name=<model>'",
                    properties.get("felix.fileinstall.filename"));
            return;
        }
        Map<String, String> replacement = new LinkedHashMap<>();
        properties.forEach(
                (key, value) -> {
                    if (key.startsWith(REPLACEMENT)) {
                        replacement.put(key.substring(REPLACEMENT.length()), value.toString());
                    }
                });
        if (!model.equals(name)) {
            deactivate();
        }
        name = model;
        try {
            host.configure(
                    model,
                    new Deployment(
                            String.valueOf(properties.getOrDefault("engine", "")),
                            String.valueOf(properties.getOrDefault("isolation", "")),
                            replacement));
        } catch (RuntimeException e) {
            log.error("{}; model {} is run as before", e.getMessage(), model, e);
        }
    }

    /** The card alone says how the model is run again. */
    @Deactivate
    public void deactivate() {
        if (!name.isEmpty()) {
            host.configure(name, Deployment.NONE);
        }
    }
}
