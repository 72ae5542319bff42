namespace InferenceApi.Tests.Architecture;

/// <summary>Which folders use which; a folder's types have its name in their namespace.</summary>
internal static class Direction
{
    private static readonly string[] Libraries = ["InferenceApi", "Imaging", "ModelStore"];

    /// <summary>Uses that a table does not allow, one line each.</summary>
    /// <param name="root">Namespace of the project.</param>
    /// <param name="types">Types of the project.</param>
    /// <param name="table">The folders that each folder may use, libraries included; the folder of the root's own types is "".</param>
    public static IReadOnlyList<string> Violations(
        string root, IEnumerable<Type> types, IReadOnlyDictionary<string, IReadOnlySet<string>> table) =>
    [
        .. (from type in types
            let folder = Folder(root, type)
            where folder is not null
            from used in UsedTypes.Of(type)
            let other = Folder(root, used) ?? Libraries.FirstOrDefault(library => IsIn(library, used))
            where other is not null && other != folder
            where !table.TryGetValue(folder, out IReadOnlySet<string>? allowed) || !allowed.Contains(other)
            select $"{Outer(type)} uses {Outer(used)}").Distinct(),
    ];

    /// <summary>Namespaces that use each other, directly or through others; empty where there is an order.</summary>
    public static IReadOnlyList<string> Circle(string root, IEnumerable<Type> types)
    {
        Type[] own = [.. types.Where(type => IsIn(root, type))];
        var uses = own.SelectMany(
            type => UsedTypes.Of(type).Where(used => IsIn(root, used)).Select(used => (type.Namespace, Used: used.Namespace)))
            .Where(use => use.Namespace != use.Used).ToLookup(use => use.Namespace!, use => use.Used!);
        HashSet<string> left = [.. own.Select(type => type.Namespace!)];
        while (left.FirstOrDefault(space => !uses[space].Any(left.Contains) || !left.Any(user => uses[user].Contains(space))) is { } free)
            left.Remove(free);
        return [.. left.Order(StringComparer.Ordinal)];
    }

    /// <summary>Types that use a library and stand in none of its homes.</summary>
    /// <param name="types">The types to search.</param>
    /// <param name="library">Namespace of the library.</param>
    /// <param name="homes">Namespaces that may use it.</param>
    public static IReadOnlyList<string> Users(IEnumerable<Type> types, string library, params string[] homes) =>
    [
        .. types.Where(type => type.Namespace is not null && !homes.Any(home => IsIn(home, type)))
            .Where(type => UsedTypes.Of(type).Any(used => IsIn(library, used)))
            .Select(Outer).Distinct(),
    ];

    /// <summary>The first folder below the root, "" for the root itself, null for a type of another project.</summary>
    public static string? Folder(string root, Type type) =>
        type.Namespace == root ? "" : IsIn(root, type) ? type.Namespace![(root.Length + 1)..].Split('.')[0] : null;

    private static bool IsIn(string space, Type type) =>
        type.Namespace == space || type.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) == true;

    private static string Outer(Type type) => type.DeclaringType is { } outer ? Outer(outer) : type.FullName!;
}
