using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Reliability.Graphs;

/// <summary>A graph in ONNX Runtime, or why it does not run there.</summary>
internal sealed class ServedGraph : IDisposable
{
    private static readonly ServingOptions OneThread = new() { IntraOpThreads = 1 };

    private readonly ModelProto? model;
    private readonly DType floating;
    private readonly OnnxSession? session;

    /// <summary>Exports a graph and loads the file.</summary>
    /// <param name="signature">The graph.</param>
    /// <param name="floating">Its floating-point type.</param>
    public ServedGraph(Signature signature, DType floating)
    {
        this.floating = floating;
        try
        {
            model = OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = 21 });
        }
        catch (ExportException e) when (e.Message.Contains("it can be run here but not exported", StringComparison.Ordinal))
        {
            Gap = $"{new string([.. e.Message.TakeWhile(char.IsLetterOrDigit)])} in no operator set";
            return;
        }

        // Its attention takes the scale, 1/√d, in float32.
        if (floating == DType.Float64 && RuntimeGap.Has(model.Graph, "Attention"))
            Gap = "Attention of a scale in float32";
        else
            session = Try(() => OnnxSession.Load(model.ToByteArray(), OneThread));
    }

    /// <summary>Why it does not run, in words for a table; null while it does.</summary>
    public string? Gap { get; private set; }

    /// <summary>Its outputs; null where it does not run.</summary>
    public IReadOnlyList<Value>? Run(Value[] inputs)
    {
        IReadOnlyList<Value>? outputs = session is null ? null : Try(() => session.Run(inputs));
        if (outputs is null || RuntimeGap.OfNaN(outputs, model!) is not { } gap)
            return outputs;
        Gap = gap;
        return null;
    }

    /// <summary>Whether it has found a window in a pooling where none fits: it rounds their number toward zero, not down.</summary>
    public bool HasOtherWindows(IReadOnlyList<Value> expected, IReadOnlyList<Value> found)
    {
        bool has = new[] { "AveragePool", "MaxPool", "LpPool" }.Any(name => RuntimeGap.Has(model!.Graph, name)) && expected.Zip(found).Any(pair => pair.First.Count == 0 && pair.Second.Count > 0);
        if (has)
            Gap = "a pooling into which no window fits";
        return has;
    }

    public void Dispose() => session?.Dispose();

    private T? Try<T>(Func<T> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (ServingException e) when (RuntimeGap.Of(e, model!, floating) is { } gap)
        {
            // Some kernels refuse a type or a size only when they run.
            Gap = gap;
            return null;
        }
    }
}
