using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>
/// Graphs as ONNX Runtime left them after optimising, so that the next start skips that work (ResNet-50: 23 ms instead of 900).
/// An entry is keyed by everything its content depends on; one that is damaged is dropped and made again.
/// The digest beside an entry finds damage, not malice: who can write the folder can write both, so a folder others may write is not used.
/// </summary>
public sealed partial class OptimizedGraphCache(string folder, ILogger logger)
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Opens a verified model, from the cache where it can.</summary>
    public InferenceSession Open(InstalledModel model, RuntimeOptions options)
    {
        using SessionOptions settings = SessionSettings.Create(options);
        if (!IsTrusted()) return new InferenceSession(model.ModelPath, settings);

        string entry = Path.Combine(folder, Key(model.Manifest) + ".onnx");
        return TryOpen(entry, options) ?? OpenAndSave(model, entry, options);
    }

    /// <summary>The entry's name: model, ONNX Runtime and the processor's abilities, since layouts are chosen for its vector width.</summary>
    internal static string Key(ModelManifest manifest)
    {
        string dependsOn = string.Join('|', "1", manifest.Model.Sha256, OrtEnv.Instance().GetVersionString(), RuntimeInformation.ProcessArchitecture,
            Avx2.IsSupported, Fma.IsSupported, Avx512F.IsSupported, Avx512BW.IsSupported, AvxVnni.IsSupported, Avx512Vbmi.IsSupported);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dependsOn)));
    }

    private InferenceSession? TryOpen(string entry, RuntimeOptions options)
    {
        try
        {
            if (!File.Exists(entry) || !File.Exists(DigestOf(entry))) return null;
            if (File.ReadAllText(DigestOf(entry)) != Digest(entry)) throw new InvalidDataException("its digest differs");
            using SessionOptions settings = SessionSettings.Create(options);
            settings.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            return new InferenceSession(entry, settings);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or OnnxRuntimeException)
        {
            Log.EntryDropped(logger, entry, failure.Message);
            return null;
        }
    }

    private InferenceSession OpenAndSave(InstalledModel model, string entry, RuntimeOptions options)
    {
        string draft = Path.Combine(folder, $".{Guid.NewGuid():N}.draft");
        using SessionOptions settings = SessionSettings.Create(options);
        settings.OptimizedModelFilePath = draft;
        // Its warning that a saved graph fits this kind of machine only is what the key is about.
        settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        InferenceSession session;
        try
        {
            session = new InferenceSession(model.ModelPath, settings);
        }
        catch (OnnxRuntimeException failure)
        {
            // Perhaps only the saving failed (a full disk); if the model itself is broken, this throws the reason.
            Log.NotSaved(logger, entry, failure.Message);
            Delete(draft);
            using SessionOptions plain = SessionSettings.Create(options);
            return new InferenceSession(model.ModelPath, plain);
        }

        Publish(draft, entry);
        return session;
    }

    private void Publish(string draft, string entry)
    {
        try
        {
            string digest = Digest(draft);
            // The digest goes last: a crash in between leaves an entry without one, which is not used.
            Delete(DigestOf(entry));
            File.Move(draft, entry, overwrite: true);
            string digestDraft = draft + ".sha256";
            File.WriteAllText(digestDraft, digest);
            File.Move(digestDraft, DigestOf(entry), overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotSaved(logger, entry, failure.Message);
            Delete(draft);
        }
    }

    private bool IsTrusted()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                return true;
            }

            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(folder) & WritableByOthers) == 0) return true;
            Log.FolderNotUsed(logger, folder, "others may write it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.FolderNotUsed(logger, folder, failure.Message);
        }

        return false;
    }

    private static string DigestOf(string entry) => entry + ".sha256";

    private static string Digest(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Left behind as litter; nothing reads it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1011, LogLevel.Warning, "The optimised graph {Entry} is not usable ({Reason}); it will be made again.")]
        public static partial void EntryDropped(ILogger logger, string entry, string reason);

        [LoggerMessage(1012, LogLevel.Warning, "The optimised graph {Entry} could not be kept: {Reason}.")]
        public static partial void NotSaved(ILogger logger, string entry, string reason);

        [LoggerMessage(1013, LogLevel.Warning, "The folder of optimised graphs {Folder} is not used: {Reason}.")]
        public static partial void FolderNotUsed(ILogger logger, string folder, string reason);
    }
}
