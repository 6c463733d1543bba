using Google.Protobuf;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes computations as ONNX models.</summary>
/// <remarks>
/// <para>The graph is written as it stands: one ONNX node for each operation that has one, the expansion of others. The one thing that is rewritten is a
/// bias: a product of matrices and the row that is added to it are one <c>Gemm</c>, a convolution and its bias one <c>Conv</c>. Inputs and
/// outputs keep their names, symbolic dimensions become <c>dim_param</c>, parameters become initializers under their names (made unique
/// by a number where two are equal), and a size that is known only at run time is read from the input that carries its symbol.</para>
/// <para>A computation with updates, such as a training step, takes each updated parameter as an input that has its present value as default, and
/// gives its new value as an output with <c>_out</c> after the name; metadata pair the two and say what the parameter is for.</para>
/// <para>Every model passes <see cref="ModelCheck"/> before it leaves. Equal computations give equal bytes: there are no time stamps, and the
/// order depends on the graph alone.</para>
/// </remarks>
public static class OnnxExporter
{
    // The first in which LabelEncoder takes any keys; every runtime in use has it.
    private const long FeaturesVersion = 2;

    /// <summary>Writes a computation as the bytes of an .onnx file.</summary>
    /// <param name="signature">The computation; parameters are written with their current values.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="ExportException">An operation has no form in the operator set, an option is out of range, a parameter is NaN or infinite, or the model is too large.</exception>
    public static byte[] Export(Signature signature, OnnxExportOptions? options = null) => ToModel(signature, options, shares: true).ToByteArray();

    /// <summary>Writes a computation to an .onnx file, and by <see cref="OnnxExportOptions.ExternalDataThreshold"/> its large tensors to a second one beside it, which is called as the first with
    /// <c>.data</c> behind it. Either all is written or old files are left as they were.</summary>
    /// <param name="signature">The computation; parameters are written with their current values.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="ExportException">An operation has no form in the operator set, an option is out of range, a parameter is NaN or infinite, or the model is too large.</exception>
    /// <exception cref="IOException">The file cannot be written: the folder is missing or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    public static void Export(Signature signature, string path, OnnxExportOptions? options = null)
    {
        string data = path + ".data";
        ExternalData? external = options?.ExternalDataThreshold is { } threshold ? new ExternalData(Path.GetFileName(data), threshold) : null;
        ModelProto model = ToModel(signature, options, external: external, shares: true);
        if (external is { IsEmpty: false })
            AtomicFile.Write([(data, external.WriteTo), (path, model.WriteTo)]);
        else
            AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>Writes what an application runs of a model to an .onnx file: its inference computation, without updates.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="ExportException">An operation has no form in the operator set, an option is out of range, a parameter is NaN or infinite, or the model is too large.</exception>
    /// <exception cref="IOException">The file cannot be written: the folder is missing or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    public static void ExportOnnx(this ISignatureSource model, string path, OnnxExportOptions? options = null) =>
        Export(model.Inference, path, options);

    /// <summary>Saves a model with its architecture: an .onnx file that is served like any other and that <see cref="Import.OnnxModel.Load(string, Autograd.Operations.OperatorSet?, CancellationToken)"/> gives back without the
    /// code that built it, to be trained further.</summary>
    /// <remarks><para>The graph of the file is that of inference; what training applies in its place (dropout, statistics of the batch, with the updates of their states) stands in <c>training_info</c> where the two differ, and
    /// metadata <c>role:NAME</c> say what each parameter is for. <c>new ComputationModel(OnnxModel.Load(path))</c> is a model of the same numbers and the same names of parameters, so a checkpoint of the training fits it.</para>
    /// <para>Not saved: weights of examples that statistics of a batch take into account, and what loss, optimizer and data are.</para></remarks>
    /// <param name="model">The model.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="options">How to write it; null for the defaults with operator set <see cref="TrainingStepExporter.Opset"/>, in which dropout is written with its own operators.</param>
    /// <exception cref="ExportException">An operation has no form in the operator set, an option is out of range or folds parameters or has a training step of its own, a parameter is NaN or infinite, or the model is too large.</exception>
    /// <exception cref="IOException">The file cannot be written: the folder is missing or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    public static void Save(this ISignatureSource model, string path, OnnxExportOptions? options = null)
    {
        options ??= new OnnxExportOptions { Opset = TrainingStepExporter.Opset };
        if (options.FoldParameters || options.TrainingStep is not null)
            throw new ExportException("Expected options that keep parameters as they are and have no training step, as a model is saved with what trains it.");
        (Signature inference, Signature? training) = (model.Inference, model.TrainingForward);
        if (training is { Updates.Count: 0 } && ToModel(training, options).Graph.Equals(ToModel(inference, options).Graph))
            training = null;
        IEnumerable<Parameter> parameters = inference.Parameters.Union(training?.Parameters ?? []);
        Export(inference, path, options with
        {
            TrainingStep = training is null ? null : new Signature(training.Inputs, training.Outputs, training.Updates, TrainingInfo.ForwardName),
            Metadata = parameters.Select(WrittenUpdate.RoleOf).Concat(options.Metadata).DistinctBy(entry => entry.Key).ToDictionary(StringComparer.Ordinal),
        });
    }

    /// <summary>The model of a computation.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <param name="required">The parameters whose values the file does not hold: inputs that a caller must give; null for none.</param>
    /// <param name="external">Takes large tensors; null where the model holds all.</param>
    /// <param name="shares">Whether the model has the memory of parameters and constants: it is to be written at once.</param>
    internal static ModelProto ToModel(Signature signature, OnnxExportOptions? options = null, IReadOnlySet<Parameter>? required = null, ExternalData? external = null, bool shares = false)
    {
        options ??= new OnnxExportOptions();
        if (options.Opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset)
        {
            throw new ExportException(
                $"Expected an operator set from {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}, found {options.Opset}.");
        }

        if (Finite.Fault(signature.Parameters) is { } fault)
        {
            throw new ExportException($"Expected finite parameters to export, found that {fault}: the training has diverged.");
        }

        var writer = new SignatureWriter(options.FoldParameters ? Folded(signature) : signature, options, required ?? new HashSet<Parameter>(), external, shares);
        var model = new ModelProto
        {
            IrVersion = IrVersion(options.Opset),
            OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = options.Opset } },
            ModelVersion = options.ModelVersion,
            Graph = writer.Write(),
        };
        if (Domains(model.Graph).Contains(OnnxForm.Features))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxForm.Features, Version = FeaturesVersion });
        foreach (string domain in Domains(model.Graph).Where(domain => domain is not ("" or OnnxForm.Features)).Distinct().Order(StringComparer.Ordinal))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        SetIfAny(options.ProducerName, v => model.ProducerName = v);
        SetIfAny(options.ProducerVersion, v => model.ProducerVersion = v);
        SetIfAny(options.Domain, v => model.Domain = v);
        SetIfAny(options.Description, v => model.DocString = v);
        var own = signature.Metadata.Concat(writer.Updates.SelectMany(update => update.Metadata)).ToDictionary(StringComparer.Ordinal);
        if (options.Metadata.Keys.FirstOrDefault(own.ContainsKey) is { } twice)
        {
            throw new ExportException($"Expected metadata of other keys than those of the computation, found \"{twice}\" in both.");
        }

        foreach ((string key, string value) in own.Concat(options.Metadata).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        if (options is { TrainingStep: not null, FoldParameters: true })
        {
            throw new ExportException("Expected a training step beside the parameters that it trains, found that they are folded: choose one of TrainingStep and FoldParameters.");
        }

        if (options.TrainingStep is { } step)
            TrainingInfo.Add(model, ToModel(step, options with { TrainingStep = null, FoldParameters = false, GraphName = null, Metadata = new Dictionary<string, string>() }, external: external, shares: shares));
        ModelCheck.Require(model);
        return model;
    }

    /// <summary>Biases go to their products first: what has been folded is a parameter of another shape, and no bias any more.</summary>
    private static Signature Folded(Signature signature) => ParameterFolding.Apply(BiasInputs.Of(new Merging().Apply(signature)));

    /// <summary>The domains of the operators of a graph and of the graphs within it.</summary>
    private static IEnumerable<string> Domains(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => Domains(attribute.G)).Prepend(node.Domain));

    /// <summary>An empty text is left out of the file.</summary>
    private static void SetIfAny(string text, Action<string> set)
    {
        if (text.Length > 0)
        {
            set(text);
        }
    }

    /// <summary>The lowest version of the file format that has an operator set.</summary>
    private static long IrVersion(int opset) => opset switch
    {
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        _ => 10,
    };
}
