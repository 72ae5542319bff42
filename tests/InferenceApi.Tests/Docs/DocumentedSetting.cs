using System.Collections;
using System.Reflection;
using Imaging;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Hosting;
using InferenceApi.Runtime;
using InferenceApi.Serving;

namespace InferenceApi.Tests.Docs;

/// <summary>Every setting the service reads, by reflection.</summary>
/// <param name="Name">For example Runtime:Sessions; nested ones have a third part.</param>
/// <param name="Default">As the table of docs/operations.md writes it.</param>
internal sealed record DocumentedSetting(string Name, string Default)
{
    public static IReadOnlyList<string> Sections { get; } =
        [UploadOptions.Section, RequestOptions.Section, ShutdownOptions.Section, "Imaging", ServingOptions.Section, RuntimeOptions.Section];

    public static IReadOnlyList<DocumentedSetting> All { get; } =
    [
        .. Of(UploadOptions.Section, new UploadOptions()), .. Of(RequestOptions.Section, new RequestOptions()),
        .. Of(ShutdownOptions.Section, new ShutdownOptions()), .. Of("Imaging", new ImagingOptions()),
        .. Of(ServingOptions.Section, new ServingOptions()), .. Of(RuntimeOptions.Section, new RuntimeOptions()),
    ];

    private static IEnumerable<DocumentedSetting> Of(string section, object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // Without a setter it is computed, not configured.
            if (!property.CanWrite) continue;
            object? value = property.GetValue(options);
            string name = $"{section}:{property.Name}";
            if (value is not null && property.PropertyType is { IsClass: true } type && type.Assembly == typeof(RuntimeOptions).Assembly)
            {
                foreach (DocumentedSetting nested in Of(name, value)) yield return nested;
            }
            else
            {
                yield return new DocumentedSetting(name, Text(value));
            }
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{time.ToString("c").TrimEnd('0').PadRight("hh:mm:ss".Length, '0')}`",
        IEnumerable list => list.Cast<object>().Any() ? $"`{string.Join(", ", list.Cast<object>())}`" : "none",
        Enum name => $"`{name.ToString().ToLowerInvariant()}`",
        _ => $"`{value}`",
    };
}
