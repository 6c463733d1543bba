using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads what training applies of a model that was saved: the graph in its <c>training_info</c>, which reads inputs and weights of the model by their names.</summary>
internal static class TrainingReader
{
    /// <summary>The computation of training, of the parameters of that of inference where both have them; null where the file has none that was saved with it.</summary>
    /// <param name="model">The file.</param>
    /// <param name="inference">What was read of its graph.</param>
    /// <param name="operators">The operators that may occur.</param>
    /// <param name="folder">Where external data lie.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static Signature? Read(ModelProto model, Signature inference, OperatorSet operators, string? folder, CancellationToken cancellation)
    {
        if (model.TrainingInfo is not [{ Algorithm: { Name: TrainingInfo.ForwardName } algorithm } info])
            return null;
        Signature read = new GraphReader(Whole(model, algorithm.Clone(), info.UpdateBinding), operators, folder, cancellation).Read();
        if (read.Outputs.Count != inference.Outputs.Count)
            throw new ImportException($"Expected a computation of training with the outputs of the model, {inference.Outputs.Count}, found {read.Outputs.Count}.");
        var known = inference.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var same = new Substitution(read.Parameters.Where(parameter => known.ContainsKey(parameter.Name)).ToDictionary<Parameter, Variable, Variable>(
            parameter => parameter.Variable, parameter => known[parameter.Name].Variable, ReferenceEqualityComparer.Instance));
        return new Signature(
            read.Inputs,
            [.. read.Outputs.Zip(inference.Outputs, (output, named) => new Output(named.Name, same.Map(output.Variable)))],
            [.. read.Updates.Select(update => new Update(known.GetValueOrDefault(update.Parameter.Name, update.Parameter), same.Map(update.NewValue)))],
            inference.Name);
    }

    /// <summary>The graph of training as a model of its own: with the inputs and weights of the model, and what is updated as an input and an output.</summary>
    private static ModelProto Whole(ModelProto model, GraphProto graph, IReadOnlyList<StringStringEntryProto> updates)
    {
        GraphNames.RenameValues(graph, updates.ToDictionary(update => update.Value, update => WrittenUpdate.NewNameOf(update.Key), StringComparer.Ordinal));
        HashSet<string> own = [.. graph.Input.Select(input => input.Name).Concat(graph.Initializer.Select(tensor => tensor.Name))];
        graph.Input.Add(model.Graph.Input.Where(input => !own.Contains(input.Name)));
        graph.Input.Add(updates.Where(update => graph.Input.All(input => input.Name != update.Key)).Select(update => new ValueInfoProto { Name = update.Key }));
        graph.Initializer.Add(model.Graph.Initializer.Where(tensor => !own.Contains(tensor.Name)));
        return new ModelProto { IrVersion = model.IrVersion, OpsetImport = { model.OpsetImport }, Graph = graph, MetadataProps = { model.MetadataProps } };
    }
}
