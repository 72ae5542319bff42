using System.ComponentModel.DataAnnotations;
using System.Reflection;
using ModelStore;

namespace InferenceApi.Hosting;

/// <summary>
/// Compares the configuration with the options' types before anything is bound to them. The binder would ignore a misspelt name, read a
/// bare number as days, and report the rest by names of classes; here a wrong setting is one sentence with its own name.
/// </summary>
internal static class SettingsCheck
{
    /// <returns>One sentence for each wrong setting: its name, its value and what is allowed; none where all are right.</returns>
    public static IReadOnlyList<string> Errors(IConfiguration configuration) =>
    [
        .. configuration.GetChildren().SelectMany(MisspeltSection),
        .. SettingSection.All.SelectMany(section => Errors(configuration, section)),
        .. OutsideSettings.Errors(configuration),
    ];

    private static IEnumerable<string> Errors(IConfiguration configuration, SettingSection section)
    {
        string[] wrong = [.. OfSection(section.Name, configuration.GetSection(section.Name), section.Type)];
        return wrong.Length > 0 || section.Read(configuration) is not IValidatableObject options
            ? wrong
            : options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!);
    }

    private static IEnumerable<string> OfSection(string name, IConfigurationSection section, Type type)
    {
        PropertyInfo[] settings = [.. type.GetProperties().Where(property => property.CanWrite)];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo? setting = settings.FirstOrDefault(each => each.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            IEnumerable<string> errors = setting is null
                ? [Unknown($"{name}:{child.Key}", child.Value, [.. settings.Select(property => $"{name}:{property.Name}")])]
                : OfSetting($"{name}:{setting.Name}", child, setting);
            foreach (string error in errors) yield return error;
        }
    }

    private static IEnumerable<string> OfSetting(string name, IConfigurationSection section, PropertyInfo setting)
    {
        Type type = setting.PropertyType;
        if (AllowedValues.IsScalar(type)) return OfScalar(name, section, type, setting.GetCustomAttribute<RangeAttribute>());
        return ElementOf(type) is { } element ? OfList(name, section, element) : OfSection(name, section, type);
    }

    private static IEnumerable<string> OfScalar(string name, IConfigurationSection section, Type type, RangeAttribute? range)
    {
        foreach (IConfigurationSection below in section.GetChildren())
            yield return Unknown($"{name}:{below.Key}", below.Value, [name]);
        AllowedValues allowed = AllowedValues.Of(type, range);
        if (section.Value is { } value && !allowed.Accepts(value)) yield return Wrong(name, value, allowed.Text);
    }

    private static IEnumerable<string> OfList(string name, IConfigurationSection section, Type element)
    {
        // An empty one is an empty list, and what some providers give for the parent of entries.
        if (section.Value is { Length: > 0 } whole) yield return Wrong(name, whole, $"numbered entries, {name}:0, {name}:1 and so on");
        foreach (IConfigurationSection entry in section.GetChildren())
        {
            IEnumerable<string> errors = int.TryParse(entry.Key, out _)
                ? OfScalar($"{name}:{entry.Key}", entry, element, range: null)
                : [Unknown($"{name}:{entry.Key}", entry.Value, [$"{name}:0"])];
            foreach (string error in errors) yield return error;
        }
    }

    /// <summary>Other sections are ignored, but a section with nearly one of our names and one of our settings is a misspelling.</summary>
    private static IEnumerable<string> MisspeltSection(IConfigurationSection section)
    {
        string[] ours = [.. SettingSection.All.Select(each => each.Name)];
        if (ours.Contains(section.Key, StringComparer.OrdinalIgnoreCase)) return [];
        if (NearestNames.Of(section.Key, ours) is not [string meant, ..]) return [];
        PropertyInfo[] settings = SettingSection.All.Single(each => each.Name == meant).Type.GetProperties();
        return section.GetChildren()
            .Where(child => settings.Any(setting => setting.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(child => Unknown($"{section.Key}:{child.Key}", child.Value, [$"{meant}:{child.Key}"]));
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    internal static string Wrong(string name, string value, string allowed) =>
        $"{name} is '{Shown(value)}'; allowed: {allowed.Replace("`", "", StringComparison.Ordinal)}.";

    private static string Unknown(string name, string? value, string[] known)
    {
        string hint = NearestNames.Of(name, known) is [string meant, ..]
            ? $"did you mean {meant}?"
            : $"allowed: {string.Join(", ", known)}.";
        return $"{name} is '{Shown(value)}', but there is no such setting; {hint}";
    }

    /// <summary>A value is put into one line, whatever it contains.</summary>
    private static string Shown(string? value) => string.Join(' ', (value ?? "").Split('\r', '\n'));
}
