using System.Globalization;
using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>Describes a model as a table.</summary>
internal static class ModelSummary
{
    public static string Of(Model model, IReadOnlyList<Field> fields)
    {
        var context = new ForwardContext(Mode.Inference);
        model.Forward(new Named([.. fields.Select(field => (field.Name, field.Symbol))]), context);
        var rows = new List<string[]> { (string[])["name", "module", "output", "parameters"] };
        rows.AddRange(fields.Select(field => (string[])["", field.Name, field.Shape.ToString(), ""]));
        Add(model, 0);

        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            string line = $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}";
            text.Append(line.TrimEnd()).Append('\n');
        }

        long learned = Count(model.Learned), frozen = Count(model.Parameters.Where(parameter => parameter.Role != ParameterRole.State)) - learned;
        long state = Count(model.Parameters.Where(parameter => parameter.Role == ParameterRole.State));
        text.Append(CultureInfo.InvariantCulture, $"{learned:N0} parameters are learned");
        if (frozen > 0)
            text.Append(CultureInfo.InvariantCulture, $", {frozen:N0} are frozen");
        return text.Append(state > 0 ? string.Create(CultureInfo.InvariantCulture, $", {state:N0} are state.") : ".").ToString();

        void Add(Model module, int depth)
        {
            string name = module.Path.Length == 0 ? "(model)" : module.Path;
            string output = context.ResultsOf(module) is { Count: > 0 } results
                ? string.Join(", ", results.Select(result => $"{(results.Count > 1 ? $"{result.Key} " : "")}{Shape.Of([.. result.Value.Shape.Skip(1)])}"))
                : "not applied";
            long own = Count(module.Own.Where(parameter => parameter.Role != ParameterRole.State));
            rows.Add(
            [
                new string(' ', 2 * depth) + name,
                module.Description,
                output,
                own > 0 ? own.ToString("N0", CultureInfo.InvariantCulture) : "",
            ]);
            foreach (Model child in module.Children.Distinct())
                Add(child, depth + 1);
        }
    }

    private static long Count(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => (long)parameter.Value.Count);
}
