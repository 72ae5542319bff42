using System.Text.Json;
using InferenceApi.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace Export.Runtime;

/// <summary>A written network, opened on ONNX Runtime's CPU provider as the service opens it.</summary>
internal sealed class NetworkSession : IDisposable
{
    private const string InputName = "input", OutputName = "logits";

    private readonly InferenceSession _session;

    /// <param name="path">The ONNX file.</param>
    /// <param name="profile">Where given, the path that the profile's file name begins with; see <see cref="EndProfile"/>.</param>
    /// <exception cref="InvalidDataException">The file is not a network that ONNX Runtime opens.</exception>
    public NetworkSession(string path, string? profile = null)
    {
        OnnxTelemetry.Disable();
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (profile is not null) (options.EnableProfiling, options.ProfileOutputPathPrefix) = (true, profile);
        try
        {
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{path}: ONNX Runtime refuses the file: {exception.Message}", exception);
        }

        Side = _session.InputMetadata[InputName].Dimensions[^1];
    }

    /// <summary>Height and width of the input, in pixels.</summary>
    public int Side { get; }

    public void Dispose() => _session.Dispose();

    /// <summary>The rows of logits of one batch.</summary>
    /// <param name="pictures">Batch × 3 × side × side values.</param>
    /// <param name="batch">Number of pictures.</param>
    public float[] Logits(float[] pictures, int batch = 1)
    {
        float[] logits = [];
        Run(pictures, batch, [OutputName], (_, values) => logits = values.ToArray());
        return logits;
    }

    /// <summary>Runs one batch and shows the named values, one after the other.</summary>
    /// <param name="pictures">Batch × 3 × side × side values.</param>
    /// <param name="batch">Number of pictures.</param>
    /// <param name="values">Outputs of the file.</param>
    /// <param name="see">Gets the position in <paramref name="values"/> and the numbers, which are valid during the call.</param>
    public void Run(float[] pictures, int batch, IReadOnlyList<string> values, SeeValue see)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pictures, [batch, 3, Side, Side]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, [InputName], [input], values);
        for (int index = 0; index < outputs.Count; index++) see(index, outputs[index].GetTensorDataAsSpan<float>());
    }

    /// <summary>Ends the profile, deletes its file, and returns the kernels that ran, with repetitions.</summary>
    public IReadOnlyList<string> EndProfile()
    {
        string path = _session.EndProfiling();
        using JsonDocument events = JsonDocument.Parse(File.ReadAllBytes(path));
        File.Delete(path);
        return
        [
            .. from item in events.RootElement.EnumerateArray()
               where item.TryGetProperty("name", out JsonElement name) &&
                   name.GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal)
               select item.GetProperty("args").GetProperty("op_name").GetString(),
        ];
    }
}
