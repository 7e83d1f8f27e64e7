package dev.ganglion.camel.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * Defines this package again, where the classes of a Camel component are seen too. An import would
 * tie our bundle to the component's: each update of that would stop all routes.
 */
final class BesideLoader extends ClassLoader {
    private static final String PACKAGE = HttpCommands.class.getPackageName() + ".";

    private final ClassLoader component;

    BesideLoader(ClassLoader component) {
        super(HttpCommands.own());
        this.component = component;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("io.netty.") || name.startsWith("org.apache.camel.component.netty.")) {
            return component.loadClass(name);
        }
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        try (InputStream in = HttpCommands.own().getResourceAsStream(file)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(
                    name, bytes, 0, bytes.length, HttpCommands.class.getProtectionDomain());
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
