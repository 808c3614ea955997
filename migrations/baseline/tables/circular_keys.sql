ALTER TABLE centre_agreement ADD CONSTRAINT centre_agreement_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES centre_centre(id);
ALTER TABLE centre_centre ADD CONSTRAINT centre_centre_committee_id_fkey FOREIGN KEY (committee_id) REFERENCES centre_committee(id);
ALTER TABLE centre_annual_report ADD CONSTRAINT centre_annual_report_term_id_fkey FOREIGN KEY (term_id) REFERENCES centre_term(id);
ALTER TABLE centre_committee ADD CONSTRAINT centre_committee_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES centre_decision(id);
