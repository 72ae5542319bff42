using System.Runtime.InteropServices;

namespace InferenceApi.Runtime.Providers;

/// <summary>Where this process finds native libraries.</summary>
internal static class NativeLibraries
{
    /// <summary>Folders of the application's own native libraries: ONNX Runtime loads its providers from where its core lies.</summary>
    public static IEnumerable<string> Folders()
    {
        string known = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return known.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(AppContext.BaseDirectory);
    }

    /// <summary>Whether the system's loader finds it. It stays loaded: the provider needs it next.</summary>
    public static bool Can(string library) => NativeLibrary.TryLoad(library, out _);
}
