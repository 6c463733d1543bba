using Toolkit.Autograd.Graph;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>A training for runtimes that take no value for an initializer: models in which everything that training changes is an input to be given.</summary>
/// <param name="Step">The step.</param>
/// <param name="Start">What gives the first state: an output for each such input of the step.</param>
/// <param name="Model">The model for inference.</param>
internal sealed record TrainingFiles(ModelProto Step, ModelProto Start, ModelProto Model)
{
    public static TrainingFiles Of(Signature step, Signature inference, TrainingFilesOptions options)
    {
        if (options.ForWebGpu)
        {
            var form = new WebGpuForm();
            return Of(form.Of(step), form.Of(inference), options with { ForWebGpu = false, NarrowEdges = true });
        }

        HashSet<Parameter> trained = [.. step.Updates.Select(update => update.Parameter)];
        ModelProto written = OnnxExporter.ToModel(step, options.Onnx, trained);

        // The inputs that an update changes stand behind those of the computation, in the order of the updates.
        Output[] state =
        [
            .. written.Graph.Input.Skip(step.Inputs.Count).Zip(step.Updates, (input, update) => new Output(input.Name, Variable.Of(update.Parameter.Value))),
        ];
        var files = new TrainingFiles(
            written,
            OnnxExporter.ToModel(new Signature([], state, name: "start"), options.Onnx with { GraphName = null }),
            OnnxExporter.ToModel(inference, options.Onnx, trained));
        if (options.NarrowEdges)
        {
            NarrowEdges.Apply(files.Step);
            NarrowEdges.Apply(files.Start);
            NarrowEdges.Apply(files.Model);
        }

        return files;
    }
}
