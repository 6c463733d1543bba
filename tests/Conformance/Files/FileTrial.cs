using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Conformance.Files;

/// <summary>Takes a file of another program all the way: loaded, compared with ONNX Runtime, differentiated, trained for a step, written, compared again, timed.</summary>
internal sealed class FileTrial
{
    // The opset in which every operator that gradients need can be written.
    private const int StepOpset = 18;

    private readonly FileSettings settings;
    private readonly FileResult result;
    private readonly byte[] bytes;
    private readonly ExecutionOptions execution;

    private FileTrial(ModelSource source, FileSettings settings)
    {
        this.settings = settings;
        bytes = source.Bytes;
        result = new FileResult(source.Name);
        execution = new ExecutionOptions { Threads = settings.Threads };
    }

    public static FileResult Run(ModelSource source, FileSettings settings)
    {
        var trial = new FileTrial(source, settings);
        trial.Run();
        return trial.result;
    }

    private void Run()
    {
        Try("read", () => Describe(ModelCheck.Parse(bytes)));
        OnnxModel? model = null;
        if (!Try("load", () => model = OnnxModel.Load(bytes)))
            return;
        Signature signature = model!.Inference;
        Value[] inputs = MadeInputs.Of(signature, settings.Rows);
        result.Parameters = FirstStep.Learned(model).Sum(parameter => (long)parameter.Value.Count);
        Try("compare", () => result.Difference = Difference(signature, bytes, inputs));
        Try("time", () => Measure(signature, inputs));
        Try("train", () => Train(model, inputs));
        Try("write", () => result.TrainedDifference = Difference(signature, OnnxExporter.Export(signature, model.ExportOptions), inputs));
    }

    private void Describe(ModelProto model)
    {
        NodeProto[] nodes = [.. ModelNodes.Of(model)];
        result.Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim();
        result.Opset = ModelNodes.Opset(model);
        result.Nodes = nodes.Length;
        result.Operators = nodes.Select(ModelNodes.FullName).Distinct().Count();
    }

    private bool Try(string stage, Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is ToolkitException or InvalidOnnxModelException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            result.Failures.Add($"{stage}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    private double Difference(Signature signature, byte[] file, Value[] inputs)
    {
        using OnnxSession session = Session(file);
        IReadOnlyList<Value> expected = session.Run(Ordered(session, signature, inputs));
        Value[] found = Function.Compile(signature, execution with { FixedParameters = true }).Run(inputs);
        return session.Outputs.Select((output, i) => Distance.Between(expected[i], found[IndexOf(signature, output.Name)])).Max();
    }

    private void Train(OnnxModel model, Value[] inputs)
    {
        FirstStep.Fill(model);
        FirstStep step = FirstStep.Of(model);

        // The file is written before the step changes the parameters.
        byte[] file = OnnxExporter.Export(step.Signature, model.ExportOptions with { Opset = Math.Max(StepOpset, model.ExportOptions.Opset) });
        Function function = Function.Compile(step.Signature, execution);
        double before = function.Run(inputs)[0].Scalar();
        Value[] trained = [.. step.Signature.Updates.Select(update => update.Parameter.Value.Clone())];
        double after = Function.Compile(step.Loss, execution).Run(inputs)[0].Scalar();
        result.Descent = (before - after) / (FirstStep.Share * before);
        using OnnxSession session = Session(file);
        IReadOnlyList<Value> written = session.Run(Ordered(session, step.Signature, inputs));
        result.StepDifference = trained.Select((value, i) => Distance.Between(written[i + 1], value)).Prepend(Distance.Between(written[0], Value.Of((float)before))).Max();
    }

    private void Measure(Signature signature, Value[] inputs)
    {
        if (settings.Seconds == 0)
            return;
        using OnnxSession session = Session(bytes);
        Value[] ordered = Ordered(session, signature, inputs);
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((TensorDescription input, Value value) in session.Inputs.Zip(ordered))
        {
            for (int axis = 0; axis < value.Rank; axis++)
            {
                if (input.Shape[axis].Symbol?.Name is { } symbol)
                    sizes[symbol] = value.Sizes[axis];
            }
        }

        using SessionBuffers buffers = session.CreateBuffers(sizes);
        for (int i = 0; i < ordered.Length; i++)
            buffers.Inputs[i].CopyFrom(ordered[i]);
        Function function = Function.Compile(signature, execution with { FixedParameters = true });
        var outputs = new Value[signature.Outputs.Count];
        (double own, double theirs) = Rates.Compare(() => function.RunInto(inputs, outputs), buffers.Run, settings.Seconds);
        int rows = inputs[0].Rank == 0 ? 1 : inputs[0].Sizes[0];
        (result.OwnRate, result.RuntimeRate) = (own * rows, theirs * rows);
    }

    private OnnxSession Session(byte[] file) => OnnxSession.Load(file, new ServingOptions { IntraOpThreads = settings.Threads, Configure = Quiet });

    private static void Quiet(Microsoft.ML.OnnxRuntime.SessionOptions options) => options.LogSeverityLevel = Microsoft.ML.OnnxRuntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;

    private static Value[] Ordered(OnnxSession session, Signature signature, Value[] inputs) =>
        [.. session.Inputs.Select(input => inputs[signature.Inputs.ToList().FindIndex(own => own.Name == input.Name)])];

    private static int IndexOf(Signature signature, string output) => signature.Outputs.ToList().FindIndex(own => own.Name == output);
}
