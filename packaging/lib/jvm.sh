# shellcheck shell=sh disable=SC2154
# Sourced by the programs of this distribution, which set home to its directory: finds the JVM and the class path.

# Prints nothing and starts nothing: a JVM's own file says which version it is.
is_java_25() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while read -r line; do
        case $line in
            JAVA_VERSION=\"25[.\"]*) return 0 ;;
        esac
    done <"$1/release"
    return 1
}

# Sets java: SILICA_JAVA if it is set, else the first of the usual places that has a JVM of version 25.
find_java() {
    if [ -n "${SILICA_JAVA:-}" ] && ! is_java_25 "$SILICA_JAVA"; then
        echo "${0##*/}: SILICA_JAVA=$SILICA_JAVA is not the home of a Java 25" >&2
        exit 1
    fi
    for java_home in "${SILICA_JAVA:-}" "${JAVA_HOME:-}" "$home/jre"; do
        if [ -n "$java_home" ] && is_java_25 "$java_home"; then
            java=$java_home/bin/java
            return
        fi
    done
    on_path=$(command -v java) && on_path=$(readlink -f "$on_path")
    for java_home in "${on_path%/bin/java}" /usr/lib/jvm/*25* /usr/java/*25* /opt/*25* /opt/java/*25*; do
        if is_java_25 "$java_home"; then
            java=$java_home/bin/java
            return
        fi
    done
    cat >&2 <<MESSAGE
${0##*/}: no Java 25 found.
  Install one, for example the package temurin-25-jre or openjdk-25-jre-headless, or unpack any Java 25
  and name its directory: SILICA_JAVA=/path/to/java ${0##*/} ...
MESSAGE
    exit 1
}

# Sets class_path. Its order is written down because an AOT cache fits one order only.
find_class_path() {
    class_path=
    while read -r jar; do
        class_path=$class_path${class_path:+:}$home/lib/$jar
    done <"$home/lib/class-path"
}

# run_java [JVM-OPTION...] MAIN-CLASS [ARGUMENT...]: becomes the program.
#
# Each program has an AOT cache, for all classes of a cache are loaded when the JVM starts. It fits one collector and one
# layout of objects; so these are the same for all. It is named after the program and the contents of the jars. Where
# there is none, or the JVM finds that it was made for another JVM or is damaged (which it looks for when told to
# verify), the program starts without it: slower, and no different.
# A supervisor that starts again what has just worked says so, and then nothing is verified, which takes some 50 ms. If the
# cache has been damaged since, the life after the next finds out.
# Only a heap whose old generation is too small for the objects of the cache, some 4 MB, keeps a JVM from starting; its
# size would depend on how much memory the machine has.
run_java() {
    find_java
    find_class_path
    read -r digest <"$home/lib/digest"
    cache=$home/lib/${self##*/}-$digest.jsa
    if [ -e "$cache" ]; then
        [ -n "${SILICA_PROVEN:-}" ] || set -- -XX:+UnlockDiagnosticVMOptions -XX:+VerifySharedSpaces "$@"
        set -- "-XX:SharedArchiveFile=$cache" "$@"
    fi
    # It is said of this program, and not of those that it starts.
    unset SILICA_PROVEN
    # Programs that this one starts find the same JVM.
    export SILICA_JAVA="${java%/bin/java}"
    exec "$java" -Xms12m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:-UsePerfData -Xlog:disable \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        "-Djava.library.path=$home/lib/native" -cp "$class_path" "$@"
}
