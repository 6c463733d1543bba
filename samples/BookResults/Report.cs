using System.Globalization;
using Spectre.Console;

namespace Toolkit.Samples.BookResults;

/// <summary>Prints what came out; the last line is for programs.</summary>
internal static class Report
{
    public static void List(IEnumerable<Experiment> experiments)
    {
        var table = new Table().AddColumns("name", "result", "settings", "epochs");
        foreach (Experiment experiment in experiments)
        {
            table.AddRow(
                Markup.Escape(experiment.Name),
                Markup.Escape(experiment.Source),
                Markup.Escape(experiment.Settings),
                experiment.Epochs.ToString(CultureInfo.InvariantCulture));
        }

        AnsiConsole.Write(table);
    }

    public static void Print(Experiment experiment, Laboratory laboratory, IReadOnlyList<Figure> figures, TimeSpan elapsed)
    {
        var table = new Table().AddColumns("figure", "ours", "published");
        foreach (Figure figure in figures)
            table.AddRow(Markup.Escape(figure.Name), Number(figure.Value), Markup.Escape(figure.Published ?? ""));
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"RESULT {experiment.Name} seed={laboratory.Seed} epochs={laboratory.Epochs} seconds={elapsed.TotalSeconds:F1} {string.Join("; ", figures.Select(f => $"{f.Name} = {Number(f.Value)}"))}"));
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
