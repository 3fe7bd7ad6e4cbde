// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a server answers and how, whatever carries its bytes. Immutable. */
public final class ServerConfig {
    private final Map<String, ServiceDefinition> services;
    private final ServerLimits limits;
    private final ExceptionMapper exceptions;
    private final CallObserver observer;

    private ServerConfig(
            Map<String, ServiceDefinition> services,
            ServerLimits limits,
            ExceptionMapper exceptions,
            CallObserver observer) {
        this.services = services;
        this.limits = limits;
        this.exceptions = exceptions;
        this.observer = observer;
    }

    /** These services with standard limits and exceptions, observed by nobody. */
    public static ServerConfig of(ServiceDefinition... services) {
        return of(List.of(services));
    }

    /** These services with standard limits and exceptions, observed by nobody. */
    public static ServerConfig of(Collection<ServiceDefinition> services) {
        var byName = new HashMap<String, ServiceDefinition>();
        for (var service : services) {
            if (byName.put(service.name(), service) != null) {
                throw new IllegalArgumentException(
                        "service %s is defined twice".formatted(service.name()));
            }
        }
        return new ServerConfig(
                Map.copyOf(byName),
                ServerLimits.standard(),
                ExceptionMapper.standard(),
                CallObserver.NONE);
    }

    /** This configuration with other limits. */
    public ServerConfig withLimits(ServerLimits other) {
        return new ServerConfig(services, other, exceptions, observer);
    }

    /** This configuration with other statuses for what handlers throw. */
    public ServerConfig withExceptions(ExceptionMapper other) {
        return new ServerConfig(services, limits, other, observer);
    }

    /** This configuration with an observer in the place of the one that it has. */
    public ServerConfig withObserver(CallObserver other) {
        return new ServerConfig(services, limits, exceptions, other);
    }

    /** What one connection may have. */
    public ServerLimits limits() {
        return limits;
    }

    CallObserver observer() {
        return observer;
    }

    /** Never OK, whatever the mapper makes of it. */
    TtrpcStatus statusOf(Throwable failure) {
        var status = exceptions.toStatus(failure);
        return status.isOk()
                ? TtrpcStatus.of(StatusCode.INTERNAL, "a failure was mapped to OK")
                : status;
    }

    /** The words of these refusals are those of Go's server. */
    MethodDefinition method(String service, String method) {
        var definition = services.get(service);
        if (definition == null) {
            throw new TtrpcException(StatusCode.UNIMPLEMENTED, "service " + service);
        }
        return definition
                .method(method)
                .orElseThrow(
                        () -> new TtrpcException(StatusCode.UNIMPLEMENTED, "method " + method));
    }
}
