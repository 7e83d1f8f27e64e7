package dev.ganglion.api.data;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What all six kinds of plug-ins have in common. Vendors implement one of the kinds, not this.
 *
 * <p>A plug-in is a factory without state of its own: it is registered once, and each route that
 * names it opens its own. All methods may be called by several threads at a time. Whatever they
 * throw is reported with the plug-in's name and hurts no other.
 */
@ConsumerType
public interface Plugin {
    /**
     * {@return what routes call it: lower-case words joined by hyphens, unique within its kind,
     * always the same}
     */
    String name();

    /** {@return the options that a route or a model card may give, none unless overridden} */
    default List<Parameter> options() {
        return List.of();
    }
}
