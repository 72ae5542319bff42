using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace InferenceApi.Hosting;

/// <summary>What one setting may be, from its type and its <see cref="RangeAttribute"/>.</summary>
/// <param name="Text">In words, as error lines and docs/settings.md say it.</param>
/// <param name="Accepts">Whether a value as it is written in the configuration is one of them.</param>
internal sealed record AllowedValues(string Text, Func<string, bool> Accepts)
{
    private static readonly Type[] Scalars = [typeof(string), typeof(bool), typeof(TimeSpan), typeof(int), typeof(long)];

    /// <param name="type">A type that <see cref="IsScalar"/> accepts.</param>
    /// <param name="range">Null where the type is the only bound.</param>
    public static AllowedValues Of(Type type, RangeAttribute? range)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return new("`true` or `false`", text => bool.TryParse(text, out _));
        if (type.IsEnum) return OneOf(type);
        if (type == typeof(TimeSpan)) return Time(range);
        if (type == typeof(string)) return new("text that is not empty", text => !string.IsNullOrWhiteSpace(text));
        return Number(type, range);
    }

    /// <summary>Whether one line of the configuration sets it; lists and nested sections take several.</summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || Scalars.Contains(type);
    }

    /// <summary>Names only: the binder takes numbers too, and 7 would become a provider that does not exist.</summary>
    private static AllowedValues OneOf(Type type)
    {
        string[] names = Enum.GetNames(type);
        return new(
            string.Join(", ", names.Select(name => $"`{name.ToLowerInvariant()}`")),
            text => names.Contains(text, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The colon is asked for because the binder reads a bare number as days.</summary>
    private static AllowedValues Time(RangeAttribute? range)
    {
        TimeSpan least = range is null ? TimeSpan.Zero : Parse((string)range.Minimum);
        TimeSpan most = range is null ? TimeSpan.MaxValue : Parse((string)range.Maximum);
        string bounds = range is null ? "" : $", `{Short(least)}` to `{Short(most)}`";
        return new(
            $"a time as `hh:mm:ss`{bounds}",
            text => text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time) && time >= least && time <= most);

        static string Short(TimeSpan time) =>
            time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "c" : @"hh\:mm\:ss\.FFFFFFF", CultureInfo.InvariantCulture);
        static TimeSpan Parse(string text) => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture);
    }

    private static AllowedValues Number(Type type, RangeAttribute? range)
    {
        long least = range is null ? long.MinValue : Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
        long most = range is null ? long.MaxValue : Most(range);
        string bounds = range is null ? "" : most == long.MaxValue ? $", at least {least}" : $", {least} to {most}";
        return new(
            $"a whole number{bounds}",
            text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                && value >= least && value <= most && (type == typeof(long) || value is >= int.MinValue and <= int.MaxValue));
    }

    /// <summary>The attribute keeps a long as a double, which rounds its largest value up.</summary>
    private static long Most(RangeAttribute range) =>
        range.Maximum is double and >= long.MaxValue ? long.MaxValue : Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
}
