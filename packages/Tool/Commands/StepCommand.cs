using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Writes the training step of an .onnx file.</summary>
internal sealed class StepCommand : ToolCommand
{
    private const string Target = "target", CrossEntropy = "cross-entropy", Binary = "binary-cross-entropy", Squared = "squared-error";

    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of any program." };
    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "The step to write, an .onnx file with its parameters inside; or a folder, for the three files step.onnx, start.onnx and model.onnx that JavaScript needs.",
        Required = true,
    };

    private readonly Option<string> loss = new("--loss")
    {
        Description = $"What is made small: {CrossEntropy} (labels 0, 1, … and an output for each class, before a softmax), {Binary} (targets 0 and 1, outputs before a sigmoid), {Squared}.",
        DefaultValueFactory = _ => CrossEntropy,
    };

    private readonly Option<string> optimizer = new("--optimizer") { Description = "How weights follow gradients.", DefaultValueFactory = _ => "adam" };
    private readonly Option<double> rate = new("--learning-rate") { Description = "The length of a step, above 0.", DefaultValueFactory = _ => 0.001 };
    private readonly Option<string?> cut = new("--cut") { Description = "The value of the file that is the prediction, such as the logits before a softmax; default: its one output." };
    private readonly Option<string[]> freeze = new("--freeze") { Description = "Names of weights that are not learned; * stands for any characters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> opset = new("--opset") { Description = "The version of the standard operator set.", DefaultValueFactory = _ => TrainingStepExporter.Opset };

    public StepCommand()
        : base("step", "Writes the training step of any .onnx file as ONNX: loss, gradients and optimizer in operators of the standard, so that a runtime for inference trains.")
    {
        loss.AcceptOnlyFromAmong(CrossEntropy, Binary, Squared);
        optimizer.AcceptOnlyFromAmong("adam", "adamw", "momentum", "sgd", "rmsprop");
        Option[] options = [output, loss, optimizer, rate, cut, freeze, opset];
        Add(model);
        Array.ForEach(options, Add);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        OnnxModel file = OnnxModel.Load(arguments.GetRequiredValue(model), cancellation: cancellation);
        if (arguments.GetValue(cut) is { } value)
            file = file.Cut(value);
        if (arguments.GetValue(freeze) is { Length: > 0 } patterns)
            file = file.Frozen(patterns);
        string lossName = arguments.GetRequiredValue(loss);
        Output prediction = Prediction(file, lossName);
        var network = new ComputationModel(file.Inference);
        var trainer = new Trainer
        {
            Model = network,
            Loss = LossOf(lossName) with { Output = prediction.Name, Target = Target },
            Optimizer = OptimizerOf(arguments.GetRequiredValue(optimizer), arguments.GetValue(rate)),
        };
        trainer.Prepare(new DataLayout([.. network.InputFields!, TargetOf(prediction, lossName)]));
        var options = new OnnxExportOptions { Opset = arguments.GetValue(opset), ProducerName = file.ExportOptions.ProducerName, ProducerVersion = file.ExportOptions.ProducerVersion };
        string[] written = Write(trainer.TrainingStep, network, arguments.GetRequiredValue(output), options);
        return new JsonObject
        {
            ["learnedNumbers"] = file.Parameters.Where(parameter => parameter.Role != ParameterRole.State).Sum(parameter => (long)parameter.Value.Count),
            ["stateNumbers"] = trainer.TrainingStep.Updates.Sum(update => (long)update.Parameter.Value.Count),
            ["inputs"] = Report.Table(trainer.TrainingStep.Inputs, input => new JsonObject { ["name"] = input.Name, ["type"] = Report.Type(input.Type) }),
            ["outputs"] = Report.Table(trainer.TrainingStep.Outputs, result => new JsonObject { ["name"] = result.Name, ["type"] = Report.Type(result.Variable.Type) }),
            ["files"] = Report.Table(written, path => new JsonObject { ["file"] = path, ["bytes"] = new FileInfo(path).Length }),
        };
    }

    private static string[] Write(Signature step, ISignatureSource network, string path, OnnxExportOptions options)
    {
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            step.ExportOnnx(path, options);
            return [path];
        }

        step.ExportTrainingFiles(network, path, new TrainingFilesOptions { Onnx = options, NarrowEdges = true });
        return [Path.Combine(path, "step.onnx"), Path.Combine(path, "start.onnx"), Path.Combine(path, "model.onnx")];
    }

    /// <summary>The one output, which must be logits where the loss takes logits.</summary>
    private static Output Prediction(OnnxModel file, string loss) => file.Inference.Outputs switch
    {
        [{ Variable.Producer.Operation: Softmax } squashed] when loss == CrossEntropy => throw new ArgumentException(
            $"Expected logits, as the cross-entropy has its own softmax, found that the output \"{squashed.Name}\" comes from a softmax: name the value before it with --cut."),
        [{ Variable.Producer.Operation: Autograd.Operations.Elementwise.Sigmoid } squashed] when loss == Binary => throw new ArgumentException(
            $"Expected logits, as the cross-entropy has its own sigmoid, found that the output \"{squashed.Name}\" comes from a sigmoid: name the value before it with --cut."),
        [var only] => only,
        var several => throw new ArgumentException($"Expected one output as the prediction, found {string.Join(", ", several.Select(each => $"\"{each.Name}\""))}: name one with --cut."),
    };

    private static Field TargetOf(Output prediction, string loss)
    {
        Shape shape = [.. prediction.Variable.Shape.Skip(1)];
        if (!shape.IsStatic)
            throw new ArgumentException($"Expected a prediction of known sizes behind the batch, found \"{prediction.Name}\" of {prediction.Variable.Type}.");
        return loss != CrossEntropy ? new Field(Target, DType.Float32, shape) : shape.Rank == 1
            ? new Field(Target, DType.Int64, Shape.Scalar) { Classes = shape[0].Size }
            : throw new ArgumentException($"Expected an output [batch, classes] for a cross-entropy, found \"{prediction.Name}\" of {prediction.Variable.Type}.");
    }

    private static Loss LossOf(string name) => name switch
    {
        CrossEntropy => new SoftmaxCrossEntropy(),
        Binary => new BinaryCrossEntropy(),
        _ => new MeanSquaredError(),
    };

    private static Optimizer OptimizerOf(string name, double rate) => name switch
    {
        "adamw" => new AdamW { LearningRate = rate },
        "momentum" => new Momentum { LearningRate = rate },
        "sgd" => new Sgd { LearningRate = rate },
        "rmsprop" => new RmsProp { LearningRate = rate },
        _ => new Adam { LearningRate = rate },
    };
}
